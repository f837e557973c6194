import { Problem, Saying } from "../parts/problem.tsx";
import { SignInRefused } from "./auth.ts";

/** Why the sign-in service said no. */
export function Refused({ error }: { error: unknown }) {
  return error instanceof SignInRefused ? <Saying what={error.message} /> : <Problem error={error} />;
}
