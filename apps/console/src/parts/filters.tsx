import { Button, Checkbox, NativeSelect, Popover, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconChevronDown, IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";

interface PickManyProps<Value extends string> {
  label: string;
  options: readonly Value[];
  /** Other words than the values themselves. */
  words?: Partial<Record<Value, string>>;
  chosen: readonly Value[] | undefined;
  onChoose(chosen: Value[] | undefined): void;
}

/** A filter by some of a few values; nothing chosen = all. */
export function PickMany<Value extends string>({
  label,
  options,
  words,
  chosen,
  onChoose,
}: PickManyProps<Value>) {
  const wordOf = (value: Value) => words?.[value] ?? value;
  const shown = chosen === undefined ? label : `${label}: ${chosen.map(wordOf).join(", ")}`;
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant={chosen === undefined ? "default" : "light"}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          maw={320}
        >
          {shown}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group
          aria-label={label}
          value={[...(chosen ?? [])]}
          onChange={(values) => {
            const picked = options.filter((each) => values.includes(each));
            onChoose(picked.length === 0 ? undefined : picked);
          }}
        >
          <Stack gap={8}>
            {options.map((each) => (
              <Checkbox key={each} value={each} label={wordOf(each)} size="sm" />
            ))}
          </Stack>
        </Checkbox.Group>
        <Button variant="subtle" mt="sm" fullWidth onClick={() => onChoose(undefined)}>
          All
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

interface SearchProps {
  label: string;
  value: string | undefined;
  onSearch(text: string | undefined): void;
}

/** A search field that asks when one stops typing; "/" leads to it. */
export function Search({ label, value, onSearch }: SearchProps) {
  const [text, setText] = useState(value ?? "");
  const ask = useDebouncedCallback((wanted: string) => onSearch(wanted === "" ? undefined : wanted), 200);
  // Back and forward in the browser change what is searched for, too.
  useEffect(() => setText(value ?? ""), [value]);
  return (
    <TextInput
      data-search
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      maxLength={200}
      size="sm"
      w={{ base: "100%", xs: 260 }}
      leftSection={<IconSearch size={15} aria-hidden />}
      onChange={(event) => {
        setText(event.currentTarget.value);
        ask(event.currentTarget.value.trim());
      }}
    />
  );
}

interface PickOneProps {
  label: string;
  options: readonly string[];
  /** Other words than the values themselves. */
  words?: Readonly<Record<string, string>>;
  /** What nothing chosen stands for. */
  all?: string;
  chosen: string | undefined;
  onChoose(chosen: string | undefined): void;
}

/** A filter by one of a few values; nothing chosen = all. */
export function PickOne({ label, options, words = {}, all = "all", chosen, onChoose }: PickOneProps) {
  const values = [...new Set([...options, ...(chosen === undefined ? [] : [chosen])])];
  return (
    <NativeSelect
      aria-label={label}
      size="sm"
      value={chosen ?? ""}
      data={[
        { value: "", label: `${label}: ${all}` },
        ...values.map((value) => ({ value, label: words[value] ?? value })),
      ]}
      onChange={(event) => onChoose(event.currentTarget.value || undefined)}
    />
  );
}
