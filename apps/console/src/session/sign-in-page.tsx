import { Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { read } from "../hub/read.ts";
import { providerAddress, signIn, verifyCode } from "./auth.ts";
import { backTo } from "./back.ts";
import { Frame } from "./frame.tsx";
import { Refused } from "./refused.tsx";

const route = getRouteApi("/sign-in");

/** Signing in: e-mail and password, the second factor's code where there is one, then back to where one was. */
export function SignInPage() {
  const { back, expired } = route.useSearch();
  const [wantsCode, setWantsCode] = useState(false);
  const router = useRouter();
  const queries = useQueryClient();
  const enter = () => {
    queries.clear();
    router.history.push(backTo(back));
  };
  if (wantsCode) return <CodeStep onIn={enter} onBack={() => setWantsCode(false)} />;
  return (
    <Frame
      title="Sign in"
      intro={
        expired
          ? "Your session has expired. Sign in to go on where you were."
          : "To look after your instances."
      }
    >
      <PasswordStep back={backTo(back)} onIn={(more) => (more ? setWantsCode(true) : enter())} />
    </Frame>
  );
}

function PasswordStep({ back, onIn }: { back: string; onIn(wantsCode: boolean): void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const enter = useMutation({ mutationFn: () => signIn(email, password), onSuccess: onIn });
  const { data } = useQuery(read("hub", {}));
  const elsewhere = useMutation({
    mutationFn: (provider: string) => providerAddress(provider, back),
    onSuccess: (address) => window.location.assign(address),
  });
  const providers = (data?.signInWith ?? []).filter((each) => each !== "password");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate();
      }}
    >
      <Stack gap="md">
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          size="md"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          autoFocus
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          size="md"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
        />
        <Refused error={enter.error ?? elsewhere.error} />
        <Button type="submit" size="md" loading={enter.isPending}>
          Sign in
        </Button>
        {providers.length > 0 && <Divider label="or" />}
        {providers.map((provider) => (
          <Button key={provider} variant="default" size="md" onClick={() => elsewhere.mutate(provider)}>
            Sign in with {provider}
          </Button>
        ))}
      </Stack>
    </form>
  );
}

function CodeStep({ onIn, onBack }: { onIn(): void; onBack(): void }) {
  const [code, setCode] = useState("");
  const verify = useMutation({ mutationFn: () => verifyCode(code), onSuccess: onIn });
  return (
    <Frame title="Second step" intro="Type the code that your authenticator app shows now.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          verify.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Code"
            inputMode="numeric"
            autoComplete="one-time-code"
            size="md"
            required
            withAsterisk={false}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            autoFocus
          />
          <Refused error={verify.error} />
          <Button type="submit" size="md" loading={verify.isPending}>
            Go on
          </Button>
          <Button variant="subtle" onClick={onBack}>
            Back
          </Button>
        </Stack>
      </form>
    </Frame>
  );
}
