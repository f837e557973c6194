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
  const { token, reset = false } = route.useSearch();
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
      title={reset ? "A new password" : isFirst ? "Welcome to Atoll" : "Join the team"}
      intro={
        reset
          ? "It replaces the old one, ends your sessions and switches the second factor off."
          : isFirst
            ? "You are the first owner of this hub."
            : "Choose how others see you, and a password."
      }
    >
      <WelcomeForm token={token} isFirst={isFirst} isReset={reset} />
    </Frame>
  );
}

interface WelcomeFormProps {
  token: string;
  isFirst: boolean;
  isReset: boolean;
}

function WelcomeForm({ token, isFirst, isReset }: WelcomeFormProps) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const join = useMutation({
    mutationFn: async () => {
      const body = { token, password, ...(!isReset && { name }), ...(isFirst && { email }) };
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
        {!isReset && (
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
        )}
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
          {isReset ? "Set the password" : isFirst ? "Begin" : "Join"}
        </Button>
      </Stack>
    </form>
  );
}
