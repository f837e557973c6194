import type { Http } from "@atoll/provider-kit/http";
import { listVariables, type VariableBody } from "./variables.ts";

/** The variable that marks a project as an instance's. */
export const markKey = "ATOLL_INSTANCE_ID";

/** Comment of the mark: a team may have all variables made sensitive, whose values nobody reads again. */
const markComment = (instance: string, linked?: string) =>
  `Set by Atoll for the instance ${instance}${linked === undefined ? "" : `, which linked ${linked}`}.`;

/** What a project's mark says. */
interface Mark {
  /** Id of the instance; "" where it cannot be read. */
  instance: string;
  /** Repository that was linked with it, as `owner/name`. */
  linked?: string;
  /** The variable's id. */
  id?: string;
  /** Its value cannot be read. */
  isSealed: boolean;
  /** It was set on a project that was there, with a comment: by the create of one of ours it never is. */
  isAdded: boolean;
}

/** The mark among a project's variables; undefined where there is none. */
export function markIn(variables: readonly VariableBody[]): Mark | undefined {
  const variable = variables.find(({ key }) => key === markKey);
  if (!variable) return undefined;
  const said = /^Set by Atoll for the instance (\w+)(?:, which linked (\S+\/\S+))?\.$/.exec(
    variable.comment ?? "",
  );
  const isSealed = variable.type !== "plain" || !variable.value;
  return {
    instance: (isSealed ? said?.[1] : variable.value) ?? "",
    ...(said?.[2] !== undefined && { linked: said[2] }),
    isSealed,
    isAdded: Boolean(variable.comment),
    ...(variable.id !== undefined && { id: variable.id }),
  };
}

const targets = ["production", "preview", "development"];

/** The mark as a variable; a project's create takes no comment. */
export const markFor = (instance: string) => ({
  key: markKey,
  value: instance,
  target: targets,
  type: "plain",
});

/** Marks a project as an instance's; `linked` = the repository that is linked with it, as `owner/name`. */
export async function setMark(api: Http, id: string, instance: string, linked?: string): Promise<void> {
  const comment = markComment(instance, linked);
  const there = markIn((await listVariables(api, id)) ?? []);
  // A sensitive one cannot become plain again, and its value stands since it was made: only the comment is set.
  const isKept = there?.isSealed === true && (there.instance === "" || there.instance === instance);
  if (isKept && there.id !== undefined)
    await api.patch("/v9/projects/{idOrName}/env/{id}", {
      params: { idOrName: id, id: there.id },
      body: { comment },
      safe: true,
    });
  else
    await api.post("/v10/projects/{idOrName}/env", {
      params: { idOrName: id },
      query: { upsert: "true" },
      body: [{ ...markFor(instance), comment }],
      safe: true,
    });
}
