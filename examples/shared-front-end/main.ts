import { frontEnd } from "./server.ts";

const { RESOLVER_URL = "http://localhost:4400", HOST = "127.0.0.1", PORT = "3000" } = process.env;

frontEnd(RESOLVER_URL.replace(/\/+$/, "")).listen(Number(PORT), HOST, () =>
  console.log(`http://localhost:${PORT}/?instance=SUBDOMAIN, or http://SUBDOMAIN.localhost:${PORT}/`),
);
