import type { ToolDeclaration } from '@parlance/core'

/**
 * What zod, valibot, arktype and others implement: checks a value and gives it a type. https://standardschema.dev
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
    /** JSON Schema, where the library can give one. */
    readonly jsonSchema?:
      | { readonly input: (options: { readonly target: string }) => Record<string, unknown> }
      | undefined
  }
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/** What a tool is told besides its input. */
export interface ToolContext {
  /** Aborted when the visitor stops or leaves, or the tool takes too long. */
  readonly signal: AbortSignal
  /** Who asks: opaque, never a name. */
  readonly visitorId: string
  readonly replyId: string
}

/** A tool that runs on the server when the model calls it. */
export interface ServerTool {
  /** What it does and when to use it, for the model. */
  readonly description?: string | undefined
  /** Checks what the model passes; a tool never sees anything else. */
  readonly input: StandardSchema
  /** JSON Schema of the input. Default: asked from `input`, where its library can give one. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined
  /** What it returns goes to the model as JSON, at most 64,000 characters. What it throws is logged, and the model learns only that it failed. */
  run(input: unknown, context: ToolContext): unknown
  /** Default 30,000. */
  readonly timeoutMs?: number | undefined
  /** What a browser sees of a call: its name and whether it went well, or also what went in and came out. Default `name`. */
  readonly show?: 'name' | 'all' | undefined
}

/** Gives `run` the type that the schema gives its input. */
export function tool<Output>(
  options: Omit<ServerTool, 'input' | 'run'> & {
    readonly input: StandardSchema<Output>
    run(input: Output, context: ToolContext): unknown
  },
): ServerTool {
  const { run } = options
  // The input was checked by the same schema before `run` is called.
  return { ...options, run: (input, context) => run(input as Output, context) }
}

/** A tool that runs in the visitor's page, where the chat has a tool of the same name. */
export interface ClientToolDeclaration {
  /** What it does and when to use it, for the model. */
  readonly description?: string | undefined
  /** Gives the JSON Schema, where its library can; the page checks what it is passed. */
  readonly input?: StandardSchema | undefined
  /** JSON Schema of the input. Default: asked from `input`. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined
}

/** The tools as a model is told them. Throws a `TypeError` when one has no JSON Schema, or a name no service takes. */
export function toDeclarations(
  tools: Readonly<Record<string, ClientToolDeclaration>>,
): ToolDeclaration[] {
  return Object.entries(tools).map(([name, { description, input, parameters }]) => {
    if (!/^[\w-]{1,64}$/.test(name)) {
      throw new TypeError(
        `createRelay: the tool \`${name}\` must be named by 1 to 64 letters, digits, \`_\` or \`-\`.`,
      )
    }
    const schema = parameters ?? input?.['~standard'].jsonSchema?.input({ target: 'draft-2020-12' })
    if (schema) return { name, description, parameters: schema }
    throw new TypeError(
      `createRelay: the tool \`${name}\` has no JSON Schema to tell the model. Add \`parameters\`.`,
    )
  })
}
