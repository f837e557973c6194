/** Regions that a project can be created in (PROVIDERS 1.3). */
export const regions = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ap-east-1",
  "ap-southeast-1",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-southeast-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-north-1",
  "eu-central-1",
  "eu-central-2",
  "ca-central-1",
  "ap-south-1",
  "sa-east-1",
] as const;

export const instanceSizes = [
  "nano",
  "micro",
  "small",
  "medium",
  "large",
  "xlarge",
  "2xlarge",
  "4xlarge",
  "8xlarge",
  "12xlarge",
  "16xlarge",
  "24xlarge",
  "24xlarge_optimized_cpu",
  "24xlarge_optimized_memory",
  "24xlarge_high_memory",
  "48xlarge",
  "48xlarge_optimized_cpu",
  "48xlarge_optimized_memory",
  "48xlarge_high_memory",
] as const;

export const services = [
  "auth",
  "db",
  "db_postgres_user",
  "pooler",
  "realtime",
  "rest",
  "storage",
  "pg_bouncer",
] as const;

/** Settings of Auth that do something here, with the provider's defaults. */
export const authDefaults = {
  site_url: "http://localhost:3000",
  uri_allow_list: "",
  disable_signup: false,
  external_email_enabled: true,
  mailer_autoconfirm: false,
  mailer_otp_exp: 3600,
  smtp_host: null as string | null,
  smtp_port: null as string | null,
  smtp_user: null as string | null,
  smtp_pass: null as string | null,
  smtp_admin_email: null as string | null,
  smtp_sender_name: null as string | null,
  smtp_max_frequency: 60,
  rate_limit_email_sent: 2,
  password_min_length: 6,
  password_required_characters: "",
  jwt_exp: 3600,
  security_refresh_token_reuse_interval: 10,
};

export type AuthConfig = typeof authDefaults;
