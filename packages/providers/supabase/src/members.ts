import { Fault } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import type { AuthAdmin } from "./auth-admin.ts";
import { goneFault } from "./statuses.ts";

/** An account to be made for somebody who is invited. */
interface NewMember {
  email: string;
  fullName?: string | undefined;
  /** What only the project's secret key can write. */
  appMetadata: Record<string, unknown>;
}

/** A one-time link of Auth, in parts: whoever has it is let in once. */
export interface MemberLink {
  tokenHash: Secret;
  /** As `POST /verify` takes it. */
  type: "invite" | "magiclink";
}

/** People of an instance, at the admin side of its project's Auth (`ref`). */
export interface Members {
  /** Makes an account with a password that Auth chooses and tells nobody; one that is there already stays as it is. */
  make(ref: string, member: NewMember): Promise<void>;
  /**
   * A link for the account of this id and address: an invitation for one that was never opened, else a magic link. Auth
   * keeps one of a kind: older ones end. Sends nothing.
   */
  link(ref: string, member: { id: string; email: string; joined: boolean }): Promise<MemberLink>;
}

/** Opens what is done with people: by the account's token, or by a key that the client gave. */
export function members(admin: AuthAdmin): Members {
  return {
    async make(ref, { email, fullName, appMetadata }) {
      const made = await admin.at(ref, (auth) =>
        auth.post<{ id?: string }>("/admin/users", {
          body: {
            email,
            email_confirm: false,
            app_metadata: appMetadata,
            ...(fullName !== undefined && { user_metadata: { full_name: fullName } }),
          },
          // Auth takes each address once: who it is, is looked up afterwards.
          safe: true,
          exists: async () => ({}),
        }),
      );
      if (made === undefined) throw goneFault(ref);
    },

    async link(ref, { id, email, joined }) {
      const type = joined ? "magiclink" : "invite";
      const made = await admin.at(ref, async (auth) => {
        const link = await auth.post<{ id: string; hashed_token: string }>("/admin/generate_link", {
          body: { type, email },
          safe: true,
        });
        // Auth makes an account for an address that it does not know: ours was removed a moment ago.
        if (link.id !== id) await auth.delete("/admin/users/{id}", { params: { id: link.id } });
        return link;
      });
      if (made === undefined) throw goneFault(ref);
      if (made.id !== id)
        throw new Fault("rejected", {
          what: "The account was removed while its link was made.",
          next: "Invite them again.",
          field: "email",
        });
      return { tokenHash: new Secret("one-time link", made.hashed_token), type };
    },
  };
}
