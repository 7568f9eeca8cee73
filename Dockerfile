# One image for both applications: the API with the page (default), and the gateway:
#   docker run … quotakeeper                                    the API, on 4000
#   docker run … quotakeeper apps/orchestrator/dist/main.js     the gateway, on 4100
FROM node:20-slim AS build
WORKDIR /quotakeeper
ENV CI=true DO_NOT_TRACK=1 TURBO_TELEMETRY_DISABLED=1
COPY . .
RUN npx -y pnpm@12.4.2 install --frozen-lockfile \
 && npx -y pnpm@12.4.2 build \
 && npx -y pnpm@12.4.2 prune --prod --no-optional

FROM node:20-slim
WORKDIR /quotakeeper
ENV NODE_ENV=production
COPY --from=build /quotakeeper/node_modules node_modules
COPY --from=build /quotakeeper/packages packages
COPY --from=build /quotakeeper/apps apps
COPY --from=build /quotakeeper/package.json package.json
# For who runs without a server: PGlite, in a folder that a volume is to be mounted at. The PostgreSQL of npm, an optional
# dependency of 60 MB, is left out: beside containers there is a better one.
ENV QUOTA_DATABASE_URL=pglite:.quotakeeper/data
RUN mkdir -p /quotakeeper/.quotakeeper && chown node:node /quotakeeper/.quotakeeper
USER node
EXPOSE 4000 4100
# Beyond loopback both ask for tokens, and refuse to start without.
ENV QUOTA_API_HOST=0.0.0.0 QUOTA_GATEWAY_HOST=0.0.0.0
# Whichever of the two runs here: whether it answers, and has what it needs.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "Promise.any([process.env.QUOTA_API_PORT || 4000, process.env.QUOTA_GATEWAY_PORT || 4100].map(async port => { if (!(await fetch('http://127.0.0.1:' + port + '/readyz')).ok) throw port })).catch(() => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["apps/api/dist/main.js"]
