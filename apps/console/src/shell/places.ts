import {
  IconAnchor,
  IconChartBar,
  IconDatabaseExport,
  IconEyeCheck,
  IconFlame,
  IconGitPullRequest,
  IconHeartbeat,
  IconHexagons,
  IconHistory,
  IconInbox,
  IconPlayerPlay,
  IconSettings,
  IconUsers,
  IconVersions,
} from "@tabler/icons-react";

/** The console's pages in the order of the menu; `key` follows "g". */
export const places = [
  { to: "/requests", word: "Requests", icon: IconInbox, key: "q" },
  { to: "/instances", word: "Instances", icon: IconHexagons, key: "i" },
  { to: "/monitoring", word: "Health", icon: IconHeartbeat, key: "h" },
  { to: "/runs", word: "Runs", icon: IconPlayerPlay, key: "r" },
  { to: "/drift", word: "Drift", icon: IconEyeCheck, key: "d" },
  { to: "/usage", word: "Usage", icon: IconChartBar, key: "u" },
  { to: "/backups", word: "Backups", icon: IconDatabaseExport, key: "b" },
  { to: "/schema", word: "Schema", icon: IconVersions, key: "v" },
  { to: "/template", word: "Template", icon: IconGitPullRequest, key: "p" },
  { to: "/pool", word: "Warm pool", icon: IconFlame, key: "w" },
  { to: "/orphans", word: "Orphans", icon: IconAnchor, key: "o" },
  { to: "/audit", word: "Audit", icon: IconHistory, key: "a" },
  { to: "/team", word: "Team", icon: IconUsers, key: "t" },
  { to: "/settings", word: "Settings", icon: IconSettings, key: "s" },
] as const;
