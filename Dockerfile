# syntax=docker/dockerfile:1

# ---- build: JDK 25, Maven, Node.js
FROM maven:3-eclipse-temurin-25 AS build
COPY --from=node:22-bookworm-slim /usr/local/bin/node /usr/local/bin/node
COPY --from=node:22-bookworm-slim /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /src
COPY . .
RUN mvn -q -B -DskipTests package \
 && mkdir /out \
 && cp target/truc.jar truc .ci/healthy /out/ \
 && cp -r config /out/config

# ---- run: JRE 25, nobody's rights
FROM eclipse-temurin:25-jre-noble
RUN useradd --system --uid 10001 --user-group --home-dir /opt/truc --shell /usr/sbin/nologin truc \
 && install -d -o truc -g truc -m 0700 /data
COPY --from=build /out /opt/truc
WORKDIR /opt/truc
USER truc
ENV TRUC_DATA=/data TRUC_HOST=0.0.0.0
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["./healthy"]
ENTRYPOINT ["./truc"]
CMD ["serve"]
