# Tokengrid for production: built with TLS to PostgreSQL, run as a user without rights.
#
#   docker build -t tokengrid .
#   docker run -p 8080:8080 -v tokengrid-data:/data -e TOKENGRID_SERVER__BASE_URL=http://localhost:8080 tokengrid
#
# SQLite and the master key lie in /data. The base URL is what clients see: every issuer begins with it.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libssl-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The caches keep compiled dependencies between builds; they are no part of the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin tokengrid --features postgres-tls \
    && cp target/release/tokengrid /usr/local/bin/tokengrid

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --uid 10001 --home-dir /data --shell /usr/sbin/nologin tokengrid \
    && install --directory --owner=tokengrid --group=tokengrid --mode=0700 /data
COPY --from=build /usr/local/bin/tokengrid /usr/local/bin/tokengrid
COPY LICENSE /usr/share/doc/tokengrid/LICENSE

# Each option is a variable of this form; `tokengrid config print` shows them all. Publish 8080 alone: the metrics on
# 9464 are for the containers of the same network.
ENV TOKENGRID_SERVER__LISTEN=0.0.0.0:8080 \
    TOKENGRID_METRICS__LISTEN=0.0.0.0:9464 \
    TOKENGRID_SERVER__DATA_DIR=/data \
    TOKENGRID_LOGGING__FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080

HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["tokengrid", "health"]

ENTRYPOINT ["tokengrid"]
CMD ["serve"]
