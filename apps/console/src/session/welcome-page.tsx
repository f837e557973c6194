import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { hub } from "../hub/client.ts";
import { read } from "../hub/read.ts";
import { TextLink } from "../parts/links.tsx";
import { Saying } from "../parts/problem.tsx";
import { signIn } from "./auth.ts";
import { Frame } from "./frame.tsx";
import { Refused } from "./refused.tsx";

const route = getRouteApi("/welcome");
const leastLength = 12;

/** What a one-time link leads to: an invited person, or the first owner, chooses a name and a password. */
export function WelcomePage() {
  const { token } = route.useSearch();
  const { data } = useQuery(read("hub", {}));
  if (token === undefined)
    return (
      <Frame title="This link is not whole">
        <Saying
          what="The one-time token is missing."
          next="Open the link from the mail or the terminal once more."
        />
        <TextLink to="/sign-in">Sign in instead</TextLink>
      </Frame>
    );
  const isFirst = data?.needsFirstOwner === true;
  return (
    <Frame
      title={isFirst ? "Welcome to Atoll" : "Join the team"}
      intro={isFirst ? "You are the first owner of this hub." : "Choose how others see you, and a password."}
    >
      <WelcomeForm token={token} isFirst={isFirst} />
    </Frame>
  );
}

function WelcomeForm({ token, isFirst }: { token: string; isFirst: boolean }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const join = useMutation({
    mutationFn: async () => {
      const body = { token, name, password, ...(isFirst && { email }) };
      const answer = await hub.call("acceptInvitation", { body });
      await signIn(answer.email, password);
    },
    onSuccess: () => {
      queries.clear();
      return navigate({ to: "/requests" });
    },
  });
  const isShort = password !== "" && password.length < leastLength;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isShort) join.mutate();
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          autoComplete="name"
          size="md"
          required
          withAsterisk={false}
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoFocus
        />
        {isFirst && (
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            size="md"
            required
            withAsterisk={false}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label="Password"
          description="At least 12 characters. A few words that nobody would guess are best."
          autoComplete="new-password"
          size="md"
          required
          withAsterisk={false}
          value={password}
          error={isShort ? `${leastLength - password.length} more to go.` : undefined}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
        />
        <Refused error={join.error} />
        <Button type="submit" size="md" loading={join.isPending}>
          {isFirst ? "Begin" : "Join"}
        </Button>
      </Stack>
    </form>
  );
}
