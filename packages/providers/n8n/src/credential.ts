import { createHash } from "node:crypto";
import type { Change } from "@atoll/core/change";
import { differences } from "@atoll/core/change";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import type { Http } from "@atoll/provider-kit/http";

// --- types

/** What a credential should hold. n8n never gives `data` back. */
export interface CredentialIn {
  /** n8n's type name: "httpHeaderAuth", "smtp". */
  type: string;
  data: Record<string, string | number | boolean | Secret>;
}

/** What n8n says of a credential. */
export interface CredentialAttrs {
  credentialId: string;
  /** As people see it in n8n: the recorded name, the instance and the fingerprint of the data. */
  name: string;
  type: string;
  /** Of the data that we set last, read from the name. */
  fingerprint?: string;
}

interface CredentialBody {
  id: string;
  name: string;
  type: string;
}

/** n8n takes an id of ours (1 to 16 characters): derived, so that a second create hits the first one. */
function idOf(at: Address): string {
  return createHash("sha256").update(`${at.instance}/${at.name}`).digest("base64url").slice(0, 16);
}

/** One hash over all fields: which field differs is nobody's business. */
function fingerprintOf(data: CredentialIn["data"]): string {
  const fields = Object.entries(data)
    .map(([key, value]) => [key, value instanceof Secret ? value.expose() : value])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return new Secret("credential data", JSON.stringify(fields)).fingerprint;
}

// The name is the only place that n8n shows again, so it holds the proof of ownership and the fingerprint.
const nameOf = (at: Address, fingerprint: string) => `${at.name} [atoll-${at.instance} ${fingerprint}]`;
const fingerprintIn = (name: string) => / ([0-9a-f]{16})\]$/.exec(name)?.[1];

/** Id of the instance that a credential's name carries; undefined where it carries none. */
export const instanceInName = (name: string) => / \[atoll-([a-z0-9]{20}) [0-9a-f]{16}\]$/.exec(name)?.[1];

/** A credential that workflows use. The id is chosen by us and derived from the instance and the name. */
export function credential(api: Http): Resource<CredentialIn, CredentialAttrs> {
  const path = "/credentials/{credentialId}";
  const of = (credentialId: string) => ({ params: { credentialId } });

  // --- observe

  async function observe(at: Address): Promise<Observed<CredentialAttrs>> {
    const id = at.id ?? idOf(at);
    const body = await api.getOrGone<CredentialBody>(path, of(id));
    if (!body) return { is: "absent" };
    const ours = body.id === idOf(at) || body.name.includes(`[atoll-${at.instance} `);
    return { is: "present", id, owner: ours ? "us" : "other", attrs: attrsOf(body) };
  }

  // --- compare

  function compare(want: CredentialIn, live: CredentialAttrs): Change[] {
    return differences({ type: want.type, fingerprint: fingerprintOf(want.data) }, live);
  }

  // --- apply

  async function create(at: Address, body: object): Promise<string> {
    const id = idOf(at);
    // The id is ours alone: when it is taken, an earlier try took it, and its data may be old.
    const exists = () => api.patch(path, { ...of(id), body, safe: true });
    await api.post("/credentials", { body: { id, ...body }, exists });
    return id;
  }

  return {
    kind: "n8n.credential",
    lostCreate: "find-by-name",
    removal: "own",
    observe,
    compare,

    async apply({ at, want, live }) {
      const body = { name: nameOf(at, fingerprintOf(want.data)), type: want.type, data: want.data };
      if (!live) return await create(at, body);
      await api.patch(path, { ...of(live.credentialId), body, safe: true });
      return live.credentialId;
    },

    // --- remove

    async remove(id) {
      await api.delete(path, of(id));
    },
  };
}

function attrsOf(body: CredentialBody): CredentialAttrs {
  const fingerprint = fingerprintIn(body.name);
  return { credentialId: body.id, name: body.name, type: body.type, ...(fingerprint && { fingerprint }) };
}
