import type { z } from "@hono/zod-openapi";
import type { RouteName, Routes } from "./routes.ts";

type Definition<Name extends RouteName> = Routes[Name]["definition"];
type Shape<D, Key extends string> = D extends { [K in Key]: infer Schema extends z.ZodType } ? Schema : never;

type Sent<D, Key extends string> = [Shape<D, Key>] extends [never]
  ? unknown
  : { [K in Key]: z.input<Shape<D, Key>> };
type Read<D, Key extends string> = [Shape<D, Key>] extends [never]
  ? unknown
  : { [K in Key]: z.output<Shape<D, Key>> };

/** Routes that take a file as their body. */
type UploadName = {
  [Name in RouteName]: Definition<Name> extends { upload: string } ? Name : never;
}[RouteName];

/** Routes that answer with a file. */
export type FileName = {
  [Name in RouteName]: Definition<Name> extends { file: string } ? Name : never;
}[RouteName];

/** What a caller hands in: `params`, `query` and `body`, where the route has them. */
export type Input<Name extends RouteName> = Sent<Definition<Name>, "params"> &
  Sent<Definition<Name>, "query"> &
  (Name extends UploadName ? { body: ReadableStream<Uint8Array> | Blob } : Sent<Definition<Name>, "body">);

/** The same after it was checked: what a handler reads. */
export type Checked<Name extends RouteName> = Read<Definition<Name>, "params"> &
  Read<Definition<Name>, "query"> &
  (Name extends UploadName ? { body: AsyncIterable<Uint8Array> } : Read<Definition<Name>, "body">);

/** What a route answers with. */
export type Answer<Name extends RouteName> = [Shape<Definition<Name>, "answer">] extends [never]
  ? undefined
  : z.output<Shape<Definition<Name>, "answer">>;

/** Routes that answer with server-sent events. */
export type StreamName = {
  [Name in RouteName]: Definition<Name> extends { stream: true } ? Name : never;
}[RouteName];
