// Loaded before a blueprint's own tests (`node --import`): lends the hub's public packages to its folder.
import { pathToFileURL } from "node:url";
import { lendPackages } from "@atoll/hub/blueprints/resolve";

const { ATOLL_LEND_TO: folder } = process.env;
if (folder) lendPackages(pathToFileURL(`${folder}/`).href);
