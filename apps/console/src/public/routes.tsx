import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type AnyRootRoute, createRoute, getRouteApi, Outlet } from "@tanstack/react-router";
import { isFinal } from "../hub/client.ts";
import { AskPage } from "./ask/ask-page.tsx";
import { ConfirmPage } from "./confirm/confirm-page.tsx";
import { type Language, languageOf, preferredLanguage } from "./language.ts";
import { StatusPage } from "./status/status-page.tsx";

// Its own, apart from the console's: nothing here depends on who is signed in.
const queries = new QueryClient({
  defaultOptions: { queries: { retry: (count, error) => count < 2 && !isFinal(error) } },
});

function Public() {
  return (
    <QueryClientProvider client={queries}>
      <Outlet />
    </QueryClientProvider>
  );
}

interface Search {
  lang?: Language | undefined;
  token?: string | undefined;
}

const readSearch = ({ lang, token }: Record<string, unknown>): Search => ({
  lang: languageOf(lang),
  // The router reads a token that looks like a number as one.
  token: typeof token === "string" || typeof token === "number" ? String(token) : undefined,
});

const browserLanguage = () => preferredLanguage(navigator.languages);

const askApi = getRouteApi("/public/ask/$blueprint");

function Ask() {
  const { blueprint } = askApi.useParams();
  const { lang } = askApi.useSearch();
  return <AskPage key={blueprint} blueprint={blueprint} language={lang ?? browserLanguage()} />;
}

const confirmApi = getRouteApi("/public/ask/confirm");

function Confirm() {
  const { lang, token } = confirmApi.useSearch();
  return <ConfirmPage key={token} token={token} language={lang ?? browserLanguage()} />;
}

const statusApi = getRouteApi("/public/ask/status");

function Status() {
  const { lang, token } = statusApi.useSearch();
  return <StatusPage key={token} token={token} chosen={lang} otherwise={browserLanguage()} />;
}

/** The pages that anybody may open: the form, the confirmation of an address, and an asker's own page. */
export function publicRoutes<Root extends AnyRootRoute>(rootRoute: Root) {
  const layout = createRoute({ getParentRoute: () => rootRoute, id: "public", component: Public });

  const ask = createRoute({
    getParentRoute: () => layout,
    path: "/ask/$blueprint",
    validateSearch: readSearch,
    component: Ask,
  });

  const confirm = createRoute({
    getParentRoute: () => layout,
    path: "/ask/confirm",
    validateSearch: readSearch,
    component: Confirm,
  });

  const status = createRoute({
    getParentRoute: () => layout,
    path: "/ask/status",
    validateSearch: readSearch,
    component: Status,
  });

  return layout.addChildren([ask, confirm, status]);
}
