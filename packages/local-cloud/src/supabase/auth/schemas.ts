import { z } from "zod";

const metadata = z.record(z.string(), z.unknown());
const email = z
  .string()
  .max(255)
  .regex(
    /^[^\s@]+@[^\s@]+\.[^\s@]+$|^[^\s@]+@localhost$/,
    "Unable to validate email address: invalid format",
  );

/** `POST /admin/users`; GoTrue passes over what it does not know. */
export const adminUserSchema = z.looseObject({
  id: z.uuid().optional(),
  email: email.optional(),
  phone: z.string().optional(),
  password: z.string().optional(),
  password_hash: z.string().optional(),
  email_confirm: z.boolean().optional(),
  phone_confirm: z.boolean().optional(),
  user_metadata: metadata.optional(),
  app_metadata: metadata.optional(),
  role: z.string().optional(),
  ban_duration: z.string().optional(),
});

export const linkSchema = z.looseObject({
  type: z.enum(["signup", "invite", "magiclink", "recovery", "email_change_current", "email_change_new"]),
  email,
  password: z.string().optional(),
  data: metadata.optional(),
  redirect_to: z.string().optional(),
});

export const signupSchema = z.looseObject({ email, password: z.string(), data: metadata.optional() });
export const inviteSchema = z.looseObject({ email, data: metadata.optional() });
export const recoverSchema = z.looseObject({ email });
export const otpSchema = z.looseObject({
  email,
  create_user: z.boolean().optional(),
  data: metadata.optional(),
});
export const resendSchema = z.looseObject({ type: z.literal("signup"), email });
export const passwordSchema = z.looseObject({ email: z.string(), password: z.string() });
export const refreshSchema = z.looseObject({ refresh_token: z.string() });
export const verifySchema = z.looseObject({
  type: z.enum(["signup", "invite", "magiclink", "recovery", "email", "email_change"]),
  token: z.string().optional(),
  token_hash: z.string().optional(),
  email: z.string().optional(),
});
export const ownUserSchema = z.looseObject({
  email: email.optional(),
  phone: z.string().optional(),
  password: z.string().optional(),
  data: metadata.optional(),
});
