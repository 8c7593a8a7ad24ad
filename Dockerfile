# The image of bongsu: one binary, certificates and time zones; no shell, no package manager.
#
#   docker build -t bongsu .
#   docker run -v bongsu-state:/var/lib/bongsu -e SLACK_WEBHOOK_URL bongsu
#
# Both bases are build arguments, so that a mirror, a newer Debian or an offline stand-in can take
# their place without an edit here. The runtime base must bring glibc, libgcc and CA certificates.
ARG BUILDER=docker.io/library/rust:1.95-bookworm
ARG RUNTIME=gcr.io/distroless/cc-debian12:nonroot

FROM ${BUILDER} AS build
WORKDIR /src

# The dependencies alone, round an empty program: this layer stays cached until the manifest or the
# lock file changes, which is rarer by far than a change of the source. The benchmark that the
# manifest names is not built, but must be there.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src benches \
 && echo 'fn main() {}' > src/main.rs \
 && touch src/lib.rs benches/matching.rs benches/reading.rs \
 && cargo build --release --locked

# The program. Copies keep the times of the checkout, which may lie before the empty program's build:
# cargo would take them for known.
COPY build.rs ./
COPY config config
COPY src src
RUN find build.rs src config -type f -exec touch {} + \
 && cargo build --release --locked \
 && install -D target/release/bongsu /out/bongsu \
 && install -d /out/state

FROM ${RUNTIME}
LABEL org.opencontainers.image.title="bongsu" \
      org.opencontainers.image.description="Watches public sources of the European Union and Korea and tells your Slack when the two meet" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"

# Everything that bongsu ever writes is under this one folder. It belongs to the user below, and so
# does a named volume that is mounted on it for the first time.
COPY --from=build --chown=65532:65532 /out/state /var/lib/bongsu
COPY --from=build /out/bongsu /usr/local/bin/bongsu
VOLUME /var/lib/bongsu
WORKDIR /var/lib/bongsu

# Inside a container loopback is nobody's: health and, with -p, the operator come from outside.
ENV BONGSU_STORE=sqlite:/var/lib/bongsu/bongsu.db \
    BONGSU_LISTEN=0.0.0.0:7220
EXPOSE 7220

USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["/usr/local/bin/bongsu", "health"]
ENTRYPOINT ["/usr/local/bin/bongsu"]
CMD ["run"]
