import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = join(import.meta.dirname, 'web');

export default defineConfig({
  root,
  build: {
    rolldownOptions: {
      input: {
        landing: join(root, 'index.html'),
        boxoffice: join(root, 'boxoffice/index.html'),
        admin: join(root, 'admin/index.html'),
      },
    },
    target: 'es2023',
    emptyOutDir: true,
    // Everything is a file of its own, so that the pages' policy needs no exception for data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
  },
  // `vite` in this folder serves the pages as they are written, on the API of a running `pnpm start`.
  server: {
    proxy: { '^/(api|schema|swagger|redoc|ops)/': 'http://localhost:3000' },
  },
});
