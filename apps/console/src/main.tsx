import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./base.css";
import { HubProblem } from "@atoll/contract/client";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { isFinal } from "./hub/client.ts";
import { openRouter } from "./router.tsx";
import { theme, variables } from "./theme.ts";

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: leaveWhenExpired }),
  defaultOptions: { queries: { retry: (count, error) => count < 2 && !isFinal(error) } },
});
const router = openRouter(queries);

/** A session that has ended leads to the sign-in, and from there back to where one was. */
function leaveWhenExpired(error: Error) {
  const { pathname, href } = router.state.location;
  // Before the first page is there, its own guard decides.
  const isInside = router.state.matches.some(({ routeId }) => routeId === "/console");
  if (!(error instanceof HubProblem) || error.problem.status !== 401 || !isInside || pathname === "/sign-in")
    return;
  queries.clear();
  void router.navigate({ to: "/sign-in", search: { back: href, expired: true } });
}

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element #root.");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
