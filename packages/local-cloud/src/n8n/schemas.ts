import { z } from "zod";

const position = z.tuple([z.number(), z.number()]);

/** A node as the public API takes it: unknown keys are refused. */
const nodeSchema = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  webhookId: z.string().optional(),
  disabled: z.boolean().optional(),
  notesInFlow: z.boolean().optional(),
  notes: z.string().optional(),
  type: z.string().optional(),
  typeVersion: z.number().optional(),
  executeOnce: z.boolean().optional(),
  alwaysOutputData: z.boolean().optional(),
  retryOnFail: z.boolean().optional(),
  maxTries: z.number().optional(),
  waitBetweenTries: z.number().optional(),
  continueOnFail: z.boolean().optional(),
  onError: z.string().optional(),
  position: position.optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  credentials: z
    .record(z.string(), z.strictObject({ id: z.string().nullable().optional(), name: z.string() }))
    .optional(),
});

const settingsSchema = z.strictObject({
  saveExecutionProgress: z.boolean().optional(),
  saveManualExecutions: z.boolean().optional(),
  saveDataErrorExecution: z.enum(["all", "none"]).optional(),
  saveDataSuccessExecution: z.enum(["all", "none"]).optional(),
  executionTimeout: z.number().optional(),
  errorWorkflow: z.string().optional(),
  timezone: z.string().optional(),
  executionOrder: z.string().optional(),
  callerPolicy: z.string().optional(),
  callerIds: z.string().optional(),
  timeSavedMode: z.string().optional(),
  timeSavedPerExecution: z.number().optional(),
  redactionPolicy: z.string().optional(),
  availableInMCP: z.boolean().optional(),
  customTelemetryTags: z.array(z.unknown()).optional(),
  credentialResolverId: z.string().optional(),
  binaryMode: z.string().optional(),
});

/** Keys that n8n shows and does not take. */
export const readOnlyKeys = [
  "id",
  "active",
  "createdAt",
  "updatedAt",
  "isArchived",
  "versionId",
  "triggerCount",
  "meta",
  "tags",
  "activeVersion",
] as const;

/** A workflow as `POST` and `PUT` take it. */
export const workflowSchema = z.strictObject({
  name: z.string().min(1),
  nodes: z.array(nodeSchema),
  connections: z.record(z.string(), z.unknown()),
  settings: settingsSchema,
  staticData: z.unknown().optional(),
  pinData: z.unknown().optional(),
  nodeGroups: z.unknown().optional(),
  projectId: z.string().optional(),
  parentFolderId: z.string().optional(),
});

export type WorkflowBody = z.infer<typeof workflowSchema>;
export type WorkflowNode = z.infer<typeof nodeSchema>;

export const credentialSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,16}$/)
    .optional(),
  name: z.string().min(1).max(128),
  type: z.string().min(1),
  data: z.record(z.string(), z.unknown()),
  projectId: z.string().optional(),
  isResolvable: z.boolean().optional(),
});

export const credentialChangeSchema = z.strictObject({
  name: z.string().min(1).max(128).optional(),
  type: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  isGlobal: z.boolean().optional(),
  isResolvable: z.boolean().optional(),
  isPartialData: z.boolean().optional(),
});

/** Fields of the credential types that workflows here use: required ones first. */
export const credentialTypes: Record<string, { required: string[]; optional: string[] }> = {
  httpHeaderAuth: {
    required: ["name", "value"],
    optional: ["useCustomAuth", "allowedHttpRequestDomains", "allowedDomains"],
  },
  httpBasicAuth: { required: ["user", "password"], optional: [] },
  supabaseApi: {
    required: ["host", "serviceRole"],
    optional: ["allowedHttpRequestDomains", "allowedDomains"],
  },
  smtp: {
    required: ["user", "password", "host", "port"],
    optional: ["secure", "disableStartTls", "hostName"],
  },
  postgres: {
    required: ["host", "database", "user", "password"],
    optional: ["port", "ssl", "allowUnauthorizedCerts", "maxConnections", "sshTunnel"],
  },
};
