/**
 * A provider that knows schemas and values, and nothing else: the validating part of the plugin
 * protocol (version 5), served to the real terraform or tofu by way of TF_REATTACH_PROVIDERS.
 */
import { join } from "node:path";
// The parts that serve on a socket: the whole brings a client with its balancers, two thirds of it.
import type { ServiceDefinition, UntypedHandleCall } from "@grpc/grpc-js";
import { setup as knowSockets } from "@grpc/grpc-js/build/src/resolver-uds.js";
import { Server } from "@grpc/grpc-js/build/src/server.js";
import { ServerCredentials } from "@grpc/grpc-js/build/src/server-credentials.js";
import {
  applyRules,
  type Problem,
  provider as providerRules,
  rules,
  type Step,
  type Value,
} from "../rules/index.ts";
import { deprecations } from "./deprecations.ts";
import { callFunction, describeFunction, FUNCTIONS } from "./functions.ts";
import type { Schemas } from "./packs.ts";
import { decodeValue } from "./values.ts";
import { bytesOf, fields, Message, textOf } from "./wire.ts";

/** A running schema provider. */
export interface SchemaProvider {
  /** Value of TF_REATTACH_PROVIDERS. */
  reattach: string;
  close(): void;
}

type Handler = (request: Uint8Array) => Message;

/** Starts a provider for one major, on a socket in `directory`. */
export async function serve(schemas: Schemas, directory: string): Promise<SchemaProvider> {
  knowSockets();
  const server = new Server({
    "grpc.max_send_message_length": -1,
    "grpc.max_receive_message_length": -1,
  });
  const handlers = handlersFor(schemas);
  const definition: Record<string, ServiceDefinition[string]> = {};
  const implementation: Record<string, UntypedHandleCall> = {};
  for (const [name, handler] of Object.entries(handlers)) {
    definition[name] = {
      path: `/tfplugin5.Provider/${name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: (value: Buffer) => value,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (message: Message) => Buffer.from(message.finish()),
      responseDeserialize: (bytes: Buffer) => bytes,
    };
    const unary = (
      call: { request: Uint8Array },
      callback: (error: Error | null, answer?: Message) => void,
    ): void => {
      try {
        callback(null, handler(call.request));
      } catch (error) {
        callback(error as Error);
      }
    };
    implementation[name] = unary as UntypedHandleCall;
  }
  server.addService(definition, implementation);

  // A socket's path is limited to about 100 bytes, and Windows has no such sockets in Go and node alike.
  const socket = join(directory, `aws${schemas.major}`);
  const useSocket = process.platform !== "win32" && Buffer.byteLength(socket) < 100;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(
      useSocket ? `unix:${socket}` : "127.0.0.1:0",
      ServerCredentials.createInsecure(),
      (error, bound) => (error === null ? resolve(bound) : reject(error)),
    );
  });
  const attached = {
    Protocol: "grpc",
    ProtocolVersion: 5,
    Pid: process.pid,
    // Terraform shall not end us when it is done.
    Test: true,
    Addr: useSocket
      ? { Network: "unix", String: socket }
      : { Network: "tcp", String: `127.0.0.1:${port}` },
  };
  return {
    reattach: JSON.stringify({
      "registry.terraform.io/hashicorp/aws": attached,
      "registry.opentofu.org/hashicorp/aws": attached,
    }),
    close: () => server.forceShutdown(),
  };
}

function handlersFor(schemas: Schemas): Record<string, Handler> {
  const nothing: Handler = () => new Message();
  return {
    GetSchema: () => schemaResponse(schemas),
    PrepareProviderConfig: (request) => {
      const config = bytesOf(request, 1);
      const prepared = new Message().bytes(1, config);
      const value = configOf(config);
      if (value === undefined) return prepared;
      return diagnostics(prepared, 2, [
        ...applyRules(providerRules, value, schemas.major),
        ...deprecations(schemas.provider, value),
      ]);
    },
    ValidateResourceTypeConfig: (request) => validate(request, "resource", schemas),
    ValidateDataSourceConfig: (request) => validate(request, "data", schemas),
    ValidateEphemeralResourceConfig: nothing,
    Configure: nothing,
    GetFunctions: () => functions(new Message(), 1),
    CallFunction: (request) => {
      const values = [];
      for (const { field, bytes } of fields(request))
        if (field === 2) values.push(decodeValue(bytesOf(bytes, 1) ?? new Uint8Array([0xc0])));
      return callFunction(textOf(request, 1), values);
    },
    Stop: nothing,
  };
}

const entry = (key: string, value: Uint8Array | Message): Message =>
  new Message().bytes(1, key).bytes(2, value);

function functions(message: Message, field: number): Message {
  for (const [name, each] of Object.entries(FUNCTIONS))
    message.bytes(field, entry(name, describeFunction(each)));
  return message;
}

function schemaResponse({ provider, types }: Schemas): Message {
  const message = new Message().bytes(1, provider);
  for (const [field, kind] of [
    [2, "resource"],
    [3, "data"],
    [8, "ephemeral"],
  ] as const)
    for (const [name, schema] of types[kind]) message.bytes(field, entry(name, schema));
  // get_provider_schema_optional: one call for the whole run is enough.
  return functions(message, 7).bytes(6, new Message().int(2, true));
}

function validate(
  request: Uint8Array,
  kind: "resource" | "data",
  { types, major }: Schemas,
): Message {
  const name = textOf(request, 1);
  const config = configOf(bytesOf(request, 2));
  if (config === undefined) return new Message();
  const schema = types[kind].get(name);
  const type = rules[kind === "data" ? `data.${name}` : name];
  return diagnostics(new Message(), 1, [
    ...(type === undefined ? [] : applyRules(type, config, major)),
    ...(schema === undefined ? [] : deprecations(schema, config)),
  ]);
}

function configOf(dynamicValue: Uint8Array | undefined): Value | undefined {
  const packed = dynamicValue === undefined ? undefined : bytesOf(dynamicValue, 1);
  return packed === undefined ? undefined : decodeValue(packed);
}

function diagnostics(message: Message, field: number, problems: readonly Problem[]): Message {
  for (const { severity, summary, detail, path } of problems)
    message.bytes(
      field,
      new Message()
        .int(1, severity === "warning" ? 2 : 1)
        .bytes(2, summary)
        .bytes(3, detail)
        .bytes(4, attributePath(path)),
    );
  return message;
}

function attributePath(path: readonly Step[]): Message | undefined {
  if (path.length === 0) return undefined;
  const message = new Message();
  for (const [index, step] of path.entries())
    message.bytes(
      1,
      typeof step === "number"
        ? new Message().explicitInt(3, step)
        : // The key of a map follows the name of a whole attribute; only names lead to blocks.
          new Message().bytes(index > 0 && !/^[a-z][a-z0-9_]*$/.test(step) ? 2 : 1, step),
    );
  return message;
}
