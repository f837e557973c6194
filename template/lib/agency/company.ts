import { cache } from "react";
import type { Supabase } from "../supabase";

/** What everybody may know of the agency. */
export interface Company {
  name: string;
  logo_path: string | null;
  currency: string;
}

/** The agency's name, logo and currency, also for whoever has not signed in. */
export const companyOf = cache(async (database: Supabase): Promise<Company> => {
  const { data, error } = await database.rpc("company_branding").maybeSingle<Company>();
  if (error) throw new Error(`The company's settings could not be read: ${error.message}`);
  return data ?? { name: "", logo_path: null, currency: "EUR" };
});

/** Names of the people one works with, by their id; nobody for a client. */
export const colleaguesOf = cache(async (database: Supabase): Promise<ReadonlyMap<string, string>> => {
  const { data, error } = await database
    .rpc("colleagues")
    .order("full_name")
    .returns<{ id: string; full_name: string }[]>();
  if (error) throw new Error(`The colleagues could not be read: ${error.message}`);
  // The typings know no functions of this database; it gives a set.
  const people = data as { id: string; full_name: string }[];
  return new Map(people.map(({ id, full_name }) => [id, full_name]));
});
