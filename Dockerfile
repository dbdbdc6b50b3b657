# One image for every service and command:
#   docker build -t boxoffice .
#   docker run boxoffice node services/catalog/src/server.ts
ARG NODE_IMAGE=node:24-bookworm-slim

# The bundler stays in this stage.
FROM ${NODE_IMAGE} AS pages
WORKDIR /app
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/shared/package.json packages/shared/
COPY packages/client/package.json packages/client/
COPY web/package.json web/
# Not the root's package.json: pnpm always installs a root that it finds, and this one's dependencies are the servers
# and the Node.js that `pnpm start` brings along. The scripts need only these links.
RUN npx -y pnpm@12.21.0 install --frozen-lockfile --filter "@boxoffice/web..." --filter @boxoffice/shared \
  && rm -rf /root/.npm /root/.cache /root/.local/share/pnpm \
  && mkdir -p node_modules/@boxoffice \
  && ln -s ../../packages/shared ../../packages/local-servers node_modules/@boxoffice/
COPY package.json tsconfig.json ./
COPY packages packages
COPY scripts scripts
COPY web web
RUN node scripts/build.ts

FROM ${NODE_IMAGE}
WORKDIR /app
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/shared/package.json packages/shared/
COPY packages/client/package.json packages/client/
COPY services/gateway/package.json services/gateway/
COPY services/catalog/package.json services/catalog/
COPY services/booking-worker/package.json services/booking-worker/
RUN npx -y pnpm@12.21.0 install --prod --frozen-lockfile --filter "{./services/*}..." \
  && rm -rf /root/.npm /root/.cache /root/.local/share/pnpm \
  && mkdir -p node_modules/@boxoffice \
  && ln -s ../../packages/shared ../../packages/local-servers node_modules/@boxoffice/
# Every container listens on its own port 3000.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 CATALOG_PORT=3000 WORKER_PORT=3000 DATA_DIR=/data
# Volumes take over the owner of the folder on which they are mounted first.
RUN mkdir -p /data /secrets/all /secrets/gateway /secrets/catalog /secrets/worker /secrets/valkey \
  && chown -R node:node /data /secrets
COPY package.json ./
COPY packages packages
COPY services services
COPY scripts scripts
COPY --from=pages /app/web/dist web/dist
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/readyz').then((response) => process.exit(response.ok ? 0 : 1), () => process.exit(1))"]
# No shell or package manager in between: Node.js gets the signals.
CMD ["node", "services/gateway/src/server.ts"]
