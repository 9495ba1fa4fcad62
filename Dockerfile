# syntax=docker/dockerfile:1

# ---- build: JDK 25, Maven, Node.js 20
FROM eclipse-temurin:25-jdk-noble AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends maven nodejs npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN mvn -q -B -DskipTests package \
 && mkdir -p /out \
 && cp target/truc.jar truc /out/ \
 && cp -r config /out/config

# ---- run: JRE 25, nobody's rights
FROM eclipse-temurin:25-jre-noble
RUN useradd --system --uid 10001 --user-group --home-dir /opt/truc --shell /usr/sbin/nologin truc \
 && install -d -o truc -g truc -m 0700 /data
COPY --from=build /out /opt/truc
WORKDIR /opt/truc
USER truc
ENV TRUC_DATA=/data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${TRUC_PORT:-8080} && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r -t 2 _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["./truc"]
CMD ["serve", "--host", "0.0.0.0"]
