// A floor, named by BENCH_FLOOR: the hub's routes without a hub behind them. No sign-in, no check of inputs, no journal.
import { listen } from "@atoll/hub/serve";
import { Hono } from "hono";
import { bareApproval } from "../bare-approval.ts";
import { bareFanOut } from "../bare-fan-out.ts";
import { bareList } from "../bare-list.ts";
import { bareResolve } from "../bare-resolve.ts";
import { ready } from "./ready.ts";

const floors = { approval: bareApproval, "fan-out": bareFanOut, list: bareList, resolve: bareResolve };
const name = process.env.BENCH_FLOOR as keyof typeof floors; // set by the benchmark that starts this

const app = new Hono();
const close = await floors[name](app, process.env.BENCH_DATABASE_URL ?? "");
const listening = await listen((request, bindings) => app.fetch(request, bindings), {
  host: "127.0.0.1",
  wanted: 0,
});

ready({ url: `http://localhost:${listening.port}` }, async () => {
  await listening.close();
  await close();
});
