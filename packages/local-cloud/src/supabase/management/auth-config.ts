import { z } from "zod";
import { type AuthConfig, authDefaults } from "../facts.ts";

/** What `PATCH config/auth` takes of the settings that do something here. */
const emulated = z.strictObject({
  site_url: z
    .string()
    .regex(/^[^,]+$/)
    .nullable(),
  uri_allow_list: z.string().nullable(),
  disable_signup: z.boolean().nullable(),
  external_email_enabled: z.boolean().nullable(),
  mailer_autoconfirm: z.boolean().nullable(),
  mailer_otp_exp: z.number().int().min(0).max(2_147_483_647),
  smtp_host: z.string().nullable(),
  smtp_port: z.string().nullable(),
  smtp_user: z.string().nullable(),
  smtp_pass: z.string().nullable(),
  smtp_admin_email: z.email().nullable(),
  smtp_sender_name: z.string().nullable(),
  smtp_max_frequency: z.number().int().min(0).max(32_767).nullable(),
  rate_limit_email_sent: z.number().int().min(1).max(2_147_483_647).nullable(),
  password_min_length: z.number().int().min(6).max(32_767).nullable(),
  password_required_characters: z.string().nullable(),
  jwt_exp: z.number().int().min(0).max(604_800).nullable(),
  security_refresh_token_reuse_interval: z.number().int().min(0).max(2_147_483_647).nullable(),
});

const words = (text: string) => text.trim().split(/\s+/);
const each = (names: string, ...forms: ((name: string) => string)[]) =>
  words(names).flatMap((name) => forms.map((form) => form(name)));

/** Settings that the provider has and that do nothing here: shown as not set, and refused (501) when changed. */
const others: string[] = [
  ...each(
    "apple azure bitbucket discord facebook figma github gitlab google kakao keycloak linkedin_oidc slack_oidc notion slack spotify twitch twitter x workos zoom",
    (name) => `external_${name}_client_id`,
    (name) => `external_${name}_secret`,
    (name) => `external_${name}_enabled`,
    (name) => `external_${name}_email_optional`,
  ).filter((name) => name !== "external_workos_email_optional"),
  ...each("azure gitlab keycloak workos", (name) => `external_${name}_url`),
  ...each("apple google", (name) => `external_${name}_additional_client_ids`),
  ...words("external_google_skip_nonce_check external_web3_solana_enabled external_web3_ethereum_enabled"),
  ...words("external_phone_enabled external_anonymous_users_enabled"),
  ...each(
    "custom_access_token mfa_verification_attempt password_verification_attempt send_sms send_email before_user_created after_user_created",
    (name) => `hook_${name}_enabled`,
    (name) => `hook_${name}_uri`,
    (name) => `hook_${name}_secrets`,
  ),
  ...each(
    "confirmation email_change invite magic_link reauthentication recovery",
    (name) => `mailer_subjects_${name}`,
    (name) => `mailer_templates_${name}_content`,
  ),
  ...each(
    "password_changed email_changed phone_changed mfa_factor_enrolled mfa_factor_unenrolled identity_linked identity_unlinked",
    (name) => `mailer_subjects_${name}_notification`,
    (name) => `mailer_templates_${name}_notification_content`,
    (name) => `mailer_notifications_${name}_enabled`,
  ),
  ...words(`api_max_request_duration db_max_pool_size db_max_pool_size_unit
    mailer_allow_unverified_email_sign_ins mailer_otp_length mailer_secure_email_change_enabled
    mfa_max_enrolled_factors mfa_totp_enroll_enabled mfa_totp_verify_enabled mfa_phone_enroll_enabled
    mfa_phone_verify_enabled mfa_web_authn_enroll_enabled mfa_web_authn_verify_enabled mfa_phone_otp_length
    mfa_phone_template mfa_phone_max_frequency passkey_enabled webauthn_rp_display_name webauthn_rp_id
    webauthn_rp_origins nimbus_oauth_client_id nimbus_oauth_email_optional nimbus_oauth_client_secret
    password_hibp_enabled rate_limit_anonymous_users rate_limit_sms_sent rate_limit_token_refresh
    rate_limit_verify rate_limit_otp rate_limit_web3 refresh_token_rotation_enabled saml_enabled
    saml_external_url saml_allow_encrypted_assertions security_sb_forwarded_for_enabled
    security_captcha_enabled security_captcha_provider security_captcha_secret
    security_manual_linking_enabled security_update_password_require_reauthentication
    sessions_inactivity_timeout sessions_single_per_user sessions_tags sessions_timebox sms_autoconfirm
    sms_max_frequency sms_messagebird_access_key sms_messagebird_originator sms_otp_exp sms_otp_length
    sms_provider sms_template sms_test_otp sms_test_otp_valid_until sms_textlocal_api_key
    sms_textlocal_sender sms_twilio_account_sid sms_twilio_auth_token sms_twilio_content_sid
    sms_twilio_message_service_sid sms_twilio_verify_account_sid sms_twilio_verify_auth_token
    sms_twilio_verify_message_service_sid sms_vonage_api_key sms_vonage_api_secret sms_vonage_from
    oauth_server_enabled oauth_server_allow_dynamic_registration oauth_server_authorization_path
    custom_oauth_enabled custom_oauth_max_providers`),
];

/** Those of them that are never null. */
const fixed: Record<string, unknown> = {
  mailer_secure_email_change_enabled: true,
  refresh_token_rotation_enabled: true,
  mfa_phone_otp_length: 6,
  sms_otp_length: 6,
  custom_oauth_max_providers: 0,
  db_max_pool_size_unit: "connections",
  security_captcha_provider: "hcaptcha",
  sms_provider: "twilio",
};

const unset: Record<string, unknown> = Object.fromEntries(
  others.map((name) => [name, fixed[name] ?? (/_enabled$|_allow_dynamic/.test(name) ? false : null)]),
);

/** Auth's settings as the provider shows them: all that there are, secrets masked. */
export function shownAuth(auth: AuthConfig): Record<string, unknown> {
  return { ...unset, ...auth, smtp_pass: auth.smtp_pass === null ? null : "••••••••" };
}

/** The settings after a change, or why it is refused. Null sets a setting back to its default. */
export function changedAuth(
  auth: AuthConfig,
  given: unknown,
): { auth: AuthConfig } | { status: 400 | 501; message: string } {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return { status: 400, message: "body: Expected object" };
  const entries = Object.entries(given);
  const inert = entries.find(([name, value]) => name in unset && value !== null && value !== unset[name]);
  if (inert !== undefined)
    return { status: 501, message: `The local cloud's Auth does nothing with ${inert[0]}.` };
  const parsed = emulated
    .partial()
    .safeParse(Object.fromEntries(entries.filter(([name]) => !(name in unset))));
  if (!parsed.success)
    return {
      status: 400,
      message: parsed.error.issues
        .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`)
        .join("; "),
    };
  const reset = Object.fromEntries(Object.entries(authDefaults).filter(([name]) => name in parsed.data));
  const set = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== null));
  return { auth: { ...auth, ...reset, ...set } };
}
