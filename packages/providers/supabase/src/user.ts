import { type Change, differences } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Secret } from "@atoll/core/secret";
import type { Http } from "@atoll/provider-kit/http";
import type { SupabaseApi } from "./api.ts";
import { type AuthAdmin, authAdmin } from "./auth-admin.ts";
import { goneFault } from "./statuses.ts";

// --- types

/** Who should be able to sign in. */
export interface UserIn {
  /** Only given when the user is made: afterwards it is the user's own to change, like the password. */
  email: string;
  password: Secret;
  /** Stands in `app_metadata`, which only the project's secret key can write. */
  role: string;
  fullName?: string;
  /** Tells the application to ask for another password at the first sign-in. */
  mustChangePassword: boolean;
}

/** What Auth says of a user. */
export interface UserAttrs {
  userId: string;
  email: string;
  role: string;
  /** The role was changed with the instance's team since the account was made: it is not ours to put back. */
  roleFromTeam?: true;
}

interface UserBody {
  id: string;
  email?: string;
  app_metadata?: { role?: unknown; atoll_instance?: unknown; atoll_team?: unknown };
}

const pageSize = 200;

/**
 * A user of an instance, in its own project (`within`), looked for by e-mail (the name). The id is `REF/USERID`.
 * The mark is `app_metadata.atoll_instance`.
 */
export function user(api: SupabaseApi, admin: AuthAdmin = authAdmin(api)): Resource<UserIn, UserAttrs> {
  // --- observe

  async function byEmail(auth: Http, email: string): Promise<UserBody | undefined> {
    for (let page = 1; ; page++) {
      const { users } = await auth.get<{ users: UserBody[] }>("/admin/users", {
        query: { filter: email, page, per_page: pageSize },
      });
      const found = users.find((each) => each.email?.toLowerCase() === email.toLowerCase());
      if (found || users.length < pageSize) return found;
    }
  }

  async function find(auth: Http, at: Address): Promise<UserBody | undefined> {
    const id = at.id === undefined ? undefined : userOf(at.id);
    const byId = id && (await auth.getOrGone<UserBody>("/admin/users/{id}", { params: { id } }));
    return byId || (await byEmail(auth, at.name));
  }

  async function observe(at: Address): Promise<Observed<UserAttrs>> {
    const ref = home(at);
    const body = await admin.at(ref, (auth) => find(auth, at));
    if (!body) return { is: "absent" };
    const { atoll_instance: instance, atoll_team: team, role } = body.app_metadata ?? {};
    const owner = instance === at.instance ? "us" : "other";
    const attrs = {
      userId: body.id,
      email: body.email ?? "",
      role: typeof role === "string" ? role : "",
      ...(team !== undefined && { roleFromTeam: true as const }),
    };
    return { is: "present", id: `${ref}/${body.id}`, owner, attrs };
  }

  // --- compare

  function compare(want: UserIn, live: UserAttrs): Change[] {
    return live.roleFromTeam ? [] : differences({ role: want.role }, live);
  }

  // --- apply

  async function create(auth: Http, at: Address, want: UserIn): Promise<UserBody> {
    return await auth.post<UserBody>("/admin/users", {
      body: {
        email: want.email,
        password: want.password,
        email_confirm: true,
        user_metadata: { full_name: want.fullName },
        app_metadata: {
          role: want.role,
          must_change_password: want.mustChangePassword,
          atoll_instance: at.instance,
        },
      },
      // Auth takes each address once, so a second try finds the first one's user.
      safe: true,
      exists: () => oursByEmail(auth, at),
    });
  }

  async function oursByEmail(auth: Http, at: Address): Promise<UserBody | undefined> {
    const there = await byEmail(auth, at.name);
    if (!there || there.app_metadata?.atoll_instance === at.instance) return there;
    throw new Fault("not-ours", {
      what: `Somebody made a user ${at.name} in Supabase project ${home(at)} before.`,
      next: "Remove that user, or give the administrator another address, then retry the run.",
      field: "adminEmail",
    });
  }

  async function change(auth: Http, live: UserAttrs, want: UserIn): Promise<UserBody> {
    return await auth.put<UserBody>("/admin/users/{id}", {
      params: { id: live.userId },
      body: { app_metadata: { role: want.role } }, // merged with what is there
    });
  }

  return {
    kind: "supabase.user",
    lostCreate: "find-by-name",
    removal: "own",
    observe,
    compare,

    async apply({ at, want, live }) {
      const ref = home(at);
      const body = await admin.at(ref, (auth) => (live ? change(auth, live, want) : create(auth, at, want)));
      if (!body) throw goneFault(ref);
      return `${ref}/${body.id}`;
    },

    // --- remove

    async remove(id) {
      const ref = id.slice(0, id.indexOf("/"));
      await admin.at(ref, (auth) => auth.delete("/admin/users/{id}", { params: { id: userOf(id) } }));
    },
  };
}

const userOf = (id: string) => id.slice(id.indexOf("/") + 1);

function home(at: Address): string {
  if (at.within === undefined) throw new Error("supabase.user needs `within`: a project's ref");
  return at.within;
}
