import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    rolldownOptions: {
      input: { landing: 'index.html', boxoffice: 'boxoffice/index.html', admin: 'admin/index.html' },
    },
    target: 'es2023',
    emptyOutDir: true,
    // No data: URLs, so that the content security policy needs no exception for them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
  },
  // `vite` in this folder serves the pages while they are being edited, using the API of a running `pnpm start`.
  server: {
    proxy: { '^/(api|schema|swagger|redoc|ops)/': 'http://localhost:3000' },
  },
});
