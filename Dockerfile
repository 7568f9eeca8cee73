# One image for both applications: the API with the page (default), and the gateway:
#   docker run … quotakeeper                                    the API, on 4000
#   docker run … quotakeeper apps/orchestrator/dist/main.js     the gateway, on 4100
#
# The base is pinned by the digest of its index for all platforms (Node.js 24, supported until April 2028), taken
# from published sources on 2026-11-28. To check or renew it: docker buildx imagetools inspect node:24-bookworm-slim
ARG NODE_IMAGE=node:24.19.0-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df
FROM ${NODE_IMAGE} AS build
WORKDIR /quotakeeper
ENV CI=true DO_NOT_TRACK=1 TURBO_TELEMETRY_DISABLED=1
COPY . .
RUN npx -y pnpm@12.4.2 install --frozen-lockfile \
 && npx -y pnpm@12.4.2 build \
 && npx -y pnpm@12.4.2 prune --prod --no-optional

FROM ${NODE_IMAGE}
WORKDIR /quotakeeper
ENV NODE_ENV=production
COPY --from=build /quotakeeper/node_modules node_modules
COPY --from=build /quotakeeper/packages packages
COPY --from=build /quotakeeper/apps apps
COPY --from=build /quotakeeper/package.json package.json
# For who runs without a server: PGlite, in a folder that a volume is to be mounted at. The PostgreSQL of npm, an optional
# dependency of 60 MB, is left out: beside containers there is a better one.
ENV QUOTA_DATABASE_URL=pglite:.quotakeeper/data
# The one folder that is written to, and only without a database server: mount a volume there. All else may be
# read-only (docker run --read-only --cap-drop ALL --security-opt no-new-privileges). Nothing is installed here any more.
RUN mkdir -p /quotakeeper/.quotakeeper && chown node:node /quotakeeper/.quotakeeper \
 && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* /usr/local/bin/yarn*
# By number, so that whoever runs it can tell that it is not root.
USER 1000:1000
EXPOSE 4000 4100
# Beyond loopback both ask for tokens, and refuse to start without.
ENV QUOTA_API_HOST=0.0.0.0 QUOTA_GATEWAY_HOST=0.0.0.0
# Whichever of the two runs here: whether it answers, and has what it needs.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "Promise.any([process.env.QUOTA_API_PORT || 4000, process.env.QUOTA_GATEWAY_PORT || 4100].map(async port => { if (!(await fetch('http://127.0.0.1:' + port + '/readyz')).ok) throw port })).catch(() => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["apps/api/dist/main.js"]
