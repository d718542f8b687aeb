# A stand-in for nginx:1.28-bookworm (Debian has 1.22): the same user (101), the same folders.
FROM debian:bookworm-slim
RUN groupadd --system --gid 101 nginx && useradd --system --uid 101 --gid 101 nginx \
  && apt-get update && apt-get install --yes --no-install-recommends nginx-light \
  && rm -rf /var/lib/apt/lists/*
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
