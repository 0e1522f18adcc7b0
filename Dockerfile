# Two stages: the dependencies are installed from pinned hashes in the first, the second holds what runs and nothing else.
FROM python:3.13-slim-bookworm AS build
# BraiinsOS by gRPC takes another package, of 20 MB: --build-arg REQUIREMENTS=requirements-grpc.txt
ARG REQUIREMENTS=requirements.txt
COPY ${REQUIREMENTS} /requirements.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt \
 && /venv/bin/pip uninstall --yes pip
COPY exporter /app/exporter
RUN /venv/bin/python -m compileall -q /app

FROM python:3.13-slim-bookworm
ARG REVISION=unknown
LABEL org.opencontainers.image.title="asic-exporter" \
      org.opencontainers.image.description="Prometheus exporter for bitcoin ASIC miners" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONPATH=/app ASIC_EXPORTER_REVISION=${REVISION}
COPY --from=build /venv /venv
COPY --from=build /app /app
# A number, so that a cluster can see that it is not root. Nothing is written: the root file system may be read-only.
USER 65534:65534
EXPOSE 14028
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s CMD ["python", "-m", "exporter", "healthcheck"]
ENTRYPOINT ["python", "-m", "exporter"]
CMD ["--config.file=/etc/asic-exporter/config.yaml"]
