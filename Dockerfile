# The hub and its workers: one image, the command decides. Postgres is outside (DATABASE_URL).
FROM node:24-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
WORKDIR /atoll
COPY . .
RUN npm ci --ignore-scripts && npm run build && npm prune --omit=dev --ignore-scripts
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4400
USER node
EXPOSE 4400
CMD ["node", "apps/cli/src/main.ts", "hub"]
