import { Button, NumberInput, Table, TextInput, VisuallyHidden } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Section } from "../parts/page.tsx";

/** What a cell of a line is drawn with. */
interface CellOf<Line> {
  /** For who does not see where it stands: "Price, usage line 2". */
  label: string;
  isOff: boolean;
  change(part: Partial<Line>): void;
}

/** A column of lines that people add, change and remove. */
interface LineColumn<Line> {
  head: string;
  width?: number;
  cell(line: Line, of: CellOf<Line>): ReactNode;
}

interface LineTableProps<Line> {
  title: string;
  intro: string;
  /** What one line is called: "usage line". */
  word: string;
  minWidth: number;
  lines: readonly Line[];
  columns: readonly LineColumn<Line>[];
  /** A line that somebody has just asked for. */
  blank(): Line;
  isOff: boolean;
  onChange(lines: Line[]): void;
}

/** Lines that people edit where they stand. */
export function LineTable<Line>(props: LineTableProps<Line>) {
  const { title, intro, word, minWidth, lines, columns, blank, isOff, onChange } = props;
  const change = (at: number, part: Partial<Line>) =>
    onChange(lines.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <Section title={title} intro={intro}>
      <Table.ScrollContainer
        minWidth={minWidth}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": title } }}
      >
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ head, width }) => (
                <Table.Th key={head} {...(width !== undefined && { w: width })}>
                  {head}
                </Table.Th>
              ))}
              <Table.Th w={80}>
                <VisuallyHidden>Remove</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map((line, index) => (
              <Table.Tr key={index}>
                {columns.map(({ head, cell }) => (
                  <Table.Td key={head}>
                    {cell(line, {
                      label: `${head}, ${word} ${index + 1}`,
                      isOff,
                      change: (part) => change(index, part),
                    })}
                  </Table.Td>
                ))}
                <Table.Td>
                  <Button
                    variant="subtle"
                    color="red"
                    size="compact-xs"
                    disabled={isOff}
                    aria-label={`Remove ${word} ${index + 1}`}
                    onClick={() => onChange(lines.filter((_, at) => at !== index))}
                  >
                    Remove
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Button
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={15} />}
        disabled={isOff}
        onClick={() => onChange([...lines, blank()])}
      >
        Another {word}
      </Button>
    </Section>
  );
}

interface CellProps<Value> {
  of: { label: string; isOff: boolean };
  value: Value;
  onChange(value: Value): void;
}

/** A cell of words. */
export const TextCell = ({ of, value, onChange, maxLength }: CellProps<string> & { maxLength?: number }) => (
  <TextInput
    size="xs"
    aria-label={of.label}
    value={value}
    disabled={of.isOff}
    {...(maxLength !== undefined && { maxLength })}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
);

/** A cell of an amount; an emptied one is nothing. */
export const AmountCell = ({ of, value, onChange, decimals }: CellProps<number> & { decimals: number }) => (
  <NumberInput
    size="xs"
    aria-label={of.label}
    value={value}
    min={0}
    decimalScale={decimals}
    disabled={of.isOff}
    onChange={(next) => onChange(next === "" ? 0 : Number(next))}
  />
);

/** The column of three letters that money is counted in. */
export const currencyColumn: LineColumn<{ currency: string }> = {
  head: "Currency",
  width: 90,
  cell: ({ currency }, of) => (
    <TextCell
      of={of}
      value={currency}
      maxLength={3}
      onChange={(next) => of.change({ currency: next.toUpperCase() })}
    />
  ),
};
