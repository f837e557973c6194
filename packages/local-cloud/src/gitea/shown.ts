import { baseOf, type RepositoryRecord, type World } from "./world.ts";

/** A person or an organisation as Gitea shows it. */
export const account = (name: string) => ({
  id: 1,
  login: name,
  login_name: "",
  full_name: "",
  email: `${name}@noreply.localhost`,
  avatar_url: "",
  username: name,
  is_admin: false,
  visibility: "public",
});

/** A repository as Gitea shows it, as far as clients read it. */
export const shownRepository = (world: World, record: RepositoryRecord) => ({
  id: record.id,
  owner: account(record.owner),
  name: record.name,
  full_name: `${record.owner}/${record.name}`,
  description: record.description,
  empty: false,
  private: record.private,
  fork: false,
  template: false,
  mirror: false,
  size: 1,
  html_url: `${baseOf(world)}/${record.owner}/${record.name}`,
  clone_url: `${baseOf(world)}/git/${record.owner}/${record.name}.git`,
  ssh_url: `git@localhost:${record.owner}/${record.name}.git`,
  default_branch: record.defaultBranch,
  archived: record.archived,
  created_at: record.createdAt,
  updated_at: record.createdAt,
  permissions: { admin: true, push: true, pull: true },
});
