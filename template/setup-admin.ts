// Makes somebody an administrator of this instance: `npm run setup:admin -- --email ada@example.com`.
// It needs the project's secret key, so it runs on the machine of whoever may hold that key, never on the site.
import { randomInt } from "node:crypto";
import { loadEnvFile, stdin, stdout } from "node:process";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { createClient, type SupabaseClient, type User } from "@supabase/supabase-js";

const help = `Makes somebody an administrator of this instance.

  npm run setup:admin -- --email ada@example.com              asks for a password
  npm run setup:admin -- --email ada@example.com --generate   makes a temporary one and prints it once

Options
  --email ADDRESS   whom; asked for where it is missing
  --name NAME       full name, for a new account
  --generate        a temporary password, to be changed at the first sign-in

An account that exists keeps its password and becomes an administrator; running this twice changes nothing more.
Read from .env.local or the environment: NEXT_PUBLIC_SUPABASE_URL and SUPABASE_SECRET_KEY
(or SUPABASE_SERVICE_ROLE_KEY).`;

class Stop extends Error {}

interface Credentials {
  url: string;
  key: string;
}

function credentials(): Credentials {
  try {
    loadEnvFile(".env.local");
  } catch {
    // No such file: everything may stand in the environment.
  }
  const url = process.env.NEXT_PUBLIC_SUPABASE_URL;
  const key = process.env.SUPABASE_SECRET_KEY || process.env.SUPABASE_SERVICE_ROLE_KEY;
  const missing = [
    ...(url ? [] : ["NEXT_PUBLIC_SUPABASE_URL"]),
    ...(key ? [] : ["SUPABASE_SECRET_KEY (or SUPABASE_SERVICE_ROLE_KEY)"]),
  ];
  if (!url || !key)
    throw new Stop(`Missing: ${missing.join(", ")}. Put it in .env.local and run this again.`);
  return { url, key };
}

/** Asks on the terminal; what is typed for a secret is not shown. */
async function ask(question: string, secret = false): Promise<string> {
  if (!stdin.isTTY) throw new Stop(`Nobody is there to answer "${question}". Use --email and --generate.`);
  let silent = false;
  const output = new Writable({
    write(chunk, _, done) {
      if (!silent) stdout.write(chunk);
      done();
    },
  });
  const terminal = createInterface({ input: stdin, output, terminal: true });
  try {
    const answer = terminal.question(`${question} `);
    silent = secret;
    return (await answer).trim();
  } finally {
    terminal.close();
    if (secret) stdout.write("\n");
  }
}

function generatedPassword(): string {
  const letters = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join("");
  return Array.from({ length: 4 }, group).join("-");
}

async function findUser(supabase: SupabaseClient, email: string): Promise<User | undefined> {
  const perPage = 200;
  for (let page = 1; page <= 1000; page++) {
    const { data, error } = await supabase.auth.admin.listUsers({ page, perPage });
    if (error) throw new Stop(`The accounts could not be listed: ${error.message}`);
    const found = data.users.find((user) => user.email?.toLowerCase() === email.toLowerCase());
    if (found || data.users.length < perPage) return found;
  }
  return undefined;
}

async function promote(supabase: SupabaseClient, user: User): Promise<boolean> {
  const already = user.app_metadata.role === "admin";
  if (!already) {
    const { error } = await supabase.auth.admin.updateUserById(user.id, { app_metadata: { role: "admin" } });
    if (error) throw new Stop(`The account could not be made an administrator: ${error.message}`);
  }
  const { data, error } = await supabase
    .from("users")
    .update({ role: "admin" })
    .eq("id", user.id)
    .select("id");
  if (error) throw new Stop(`The profile could not be updated: ${error.message}`);
  if (data.length === 0)
    throw new Stop("The account has no row in public.users. Is the schema of this instance complete?");
  return already;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      email: { type: "string" },
      name: { type: "string" },
      generate: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return void stdout.write(`${help}\n`);
  const { url, key } = credentials();
  const email = values.email ?? (await ask("E-mail:"));
  if (!/^[^\s@]+@[^\s@]+$/.test(email))
    throw new Stop(`"${email}" is not an e-mail address. Use --email ADDRESS.`);

  const supabase = createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } });
  const existing = await findUser(supabase, email);
  if (existing) {
    const already = await promote(supabase, existing);
    return void stdout.write(
      already ? `${email} is an administrator already.\n` : `${email} is an administrator now.\n`,
    );
  }

  const password = values.generate ? generatedPassword() : await ask("Password (at least 8):", true);
  if (password.length < 8) throw new Stop("The password needs at least 8 characters.");
  const { data, error } = await supabase.auth.admin.createUser({
    email,
    password,
    email_confirm: true,
    user_metadata: { full_name: values.name ?? "" },
    app_metadata: { role: "admin", must_change_password: values.generate },
  });
  if (error) throw new Stop(`The account could not be made: ${error.message}`);
  await promote(supabase, data.user);
  stdout.write(`${email} is an administrator now.\n`);
  if (values.generate)
    stdout.write(`Temporary password, shown this once, to be changed at sign-in: ${password}\n`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
