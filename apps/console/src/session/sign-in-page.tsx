import { Button, Divider, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { read } from "../hub/read.ts";
import { Saying } from "../parts/problem.tsx";
import { providerAddress, providerProblem, signIn, verifyBackupCode, verifyCode } from "./auth.ts";
import { backTo } from "./back.ts";
import { Frame } from "./frame.tsx";
import { Refused } from "./refused.tsx";

const route = getRouteApi("/sign-in");

/** Signing in: e-mail and password, the second factor's code where there is one, then back to where one was. */
export function SignInPage() {
  const { back, expired, error } = route.useSearch();
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
      <ProviderProblem code={error} />
      <NoOwnerYet />
      <PasswordStep back={backTo(back)} onIn={(more) => (more ? setWantsCode(true) : enter())} />
    </Frame>
  );
}

function ProviderProblem({ code }: { code: string | undefined }) {
  const what = providerProblem(code);
  return what === undefined ? null : <Saying what={what} />;
}

/** A hub that nobody owns yet has nobody who could sign in. */
function NoOwnerYet() {
  const { data } = useQuery(read("hub", {}));
  if (data?.needsFirstOwner !== true) return null;
  return (
    <Text size="sm">
      This hub has no owner yet. Open the one-time link that its terminal printed at the start; starting it
      again prints a new one.
    </Text>
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
  const [isBackup, setBackup] = useState(false);
  const verify = useMutation({
    mutationFn: () => (isBackup ? verifyBackupCode(code) : verifyCode(code)),
    onSuccess: onIn,
  });
  const change = () => {
    setBackup(!isBackup);
    setCode("");
    verify.reset();
  };
  return (
    <Frame
      title="Second step"
      intro={
        isBackup
          ? "Type one of the codes that you kept for this. It works once."
          : "Type the code that your authenticator app shows now."
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          verify.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Code"
            inputMode={isBackup ? "text" : "numeric"}
            autoComplete={isBackup ? "off" : "one-time-code"}
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
          <Button variant="subtle" onClick={change}>
            {isBackup ? "Use the app instead" : "The app is lost: use a kept code"}
          </Button>
          <Button variant="subtle" onClick={onBack}>
            Back
          </Button>
        </Stack>
      </form>
    </Frame>
  );
}
