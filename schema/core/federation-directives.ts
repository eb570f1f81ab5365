import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core'

/**
 * Directives of Apollo Federation as options of types and fields. They are kept in `extensions.directives`, where
 * GraphQL Tools looks for them when it prints the SDL. This is the part of @pothos/plugin-federation that is used here;
 * that one loads the library that composes supergraphs, which is large and not under an open-source license.
 */

interface TypeDirectives {
  /** Whether other subgraphs may define it, too. */
  shareable?: boolean
  /** A name by which a contract can leave it out. */
  tag?: string
}

interface FieldDirectives extends TypeDirectives {
  /** Its weight for gateways that limit the cost of operations; the default is 1 for an object, and 0 for a scalar. */
  cost?: number
  listSize?: ListSize
}

/** How many items gateways are to expect: as the argument says, or `assumedSize`. */
interface ListSize {
  assumedSize: number
  slicingArguments?: string[]
  /** Of a connection: the fields whose lists have that many items. */
  sizedFields?: string[]
  requireOneSlicingArgument?: boolean
}

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      federation: FederationPlugin<Types>
    }
    interface ObjectTypeOptions<Types extends SchemaTypes, Shape> extends TypeDirectives {}
    interface FieldOptions<
      Types extends SchemaTypes,
      ParentShape,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveShape,
      ResolveReturnShape,
    > extends FieldDirectives {}
  }
}

class FederationPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(config: PothosTypeConfig): PothosTypeConfig {
    return withDirectives(config, config.pothosOptions as TypeDirectives)
  }

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    return withDirectives(config, config.pothosOptions as FieldDirectives)
  }
}

/** The arguments of each directive by its name; of one that is used several times, those of each. */
export type UsedDirectives = Readonly<Record<string, object | readonly object[]>>

function withDirectives<Config extends { extensions?: Readonly<Record<string, unknown>> | null | undefined }>(
  config: Config,
  { shareable, cost, listSize, tag }: FieldDirectives,
): Config {
  const directives: UsedDirectives = {
    ...(shareable && { shareable: {} }),
    ...(cost !== undefined && { cost: { weight: cost } }),
    ...(listSize && { listSize }),
    ...(tag !== undefined && { tag: { name: tag } }),
  }
  return { ...config, extensions: { ...config.extensions, directives } }
}

SchemaBuilder.registerPlugin('federation', FederationPlugin)
