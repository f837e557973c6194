import { frontEnd } from "./server.ts";

const { RESOLVER_URL = "http://localhost:4400", HOST = "127.0.0.1", PORT = "3000", NODE_ENV } = process.env;

const byName =
  NODE_ENV !== "production" && ["localhost", "127.0.0.1"].includes(new URL(RESOLVER_URL).hostname);

frontEnd(RESOLVER_URL.replace(/\/+$/, ""), { byName }).listen(Number(PORT), HOST, () =>
  console.log(`http://localhost:${PORT}/?instance=SUBDOMAIN, or http://SUBDOMAIN.localhost:${PORT}/`),
);
