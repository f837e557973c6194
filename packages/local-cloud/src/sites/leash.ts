// Loaded into each site before anything else: when the local cloud dies, however it dies, its end of this pipe
// closes, and the site ends as well. Nothing is left running.
process.stdin.on("end", () => process.exit(0));
process.stdin.on("error", () => process.exit(0));
process.stdin.resume();
