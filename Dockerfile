# One image for every target: `docker run … serve --target=orders`, `… migrate`, `… audit`.
# A base of your own, or this one pinned by digest: --build-arg NODE_IMAGE=node:26-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /console
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier
COPY . .
RUN node web/build.ts

# Neither Node nor PostgreSQL out of npm packages (the optional ones): the first is here, the second
# is a server of its own. Nor what only compilers and debuggers read, which is half of the rest.
WORKDIR /bazar
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --no-update-notifier \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.[cm]ts' \) -delete \
  && mkdir -p node_modules/.cache /empty \
  && npm sbom --package-lock-only --sbom-format=cyclonedx --omit=dev --omit=optional > /sbom.json \
  && chown 10001:10001 node_modules/.cache
COPY docs docs
COPY data data
COPY src src
RUN cp -r /console/dist . && chmod -R a+rX,go-w .
# Node keeps what it compiles for each user and its flags apart, so this is done as at a start.
USER 10001:10001
ENV NODE_COMPILE_CACHE=/bazar/node_modules/.cache/bazar
RUN ["node", "--max-semi-space-size=16", "--max-old-space-size-percentage=60", "src/main.ts", "warm"]

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Bazar" \
  org.opencontainers.image.description="Takes orders, never sells what is not there, and shows where things are" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
WORKDIR /bazar
COPY --from=build /sbom.json /usr/share/sbom/bazar.cdx.json
COPY --from=build /bazar .
# For demo mode, which keeps its keys in a volume; nothing else is ever written.
COPY --from=build --chown=10001:10001 /empty /data
ENV NODE_ENV=production DATA=/data HOST=0.0.0.0 INTERNAL_HOST=0.0.0.0 METRICS_HOST=0.0.0.0
EXPOSE 8080 8081 9464
USER 10001:10001
HEALTHCHECK --interval=5s --timeout=3s --start-period=120s --retries=3 CMD ["node", "src/healthy.js"]
ENTRYPOINT ["node", "--max-semi-space-size=16", "--max-old-space-size-percentage=60", "src/start.js"]
CMD ["serve"]
