import type { EntityMetadata, EntityProperty } from '@mikro-orm/core'
import type { Column, Table } from './tables.ts'

/** Where the entities and the tables of the database say different things, in either direction. */
export function differingEntities(entities: readonly EntityMetadata[], tables: readonly Table[]): string[] {
  const byTable = new Map(entities.map(entity => [entity.tableName, entity]))
  const byName = new Map(tables.map(table => [table.name, table]))
  return [
    ...tables.filter(({ name }) => !byTable.has(name)).map(({ name }) => `no entity is of the table ${name}`),
    ...entities.flatMap(entity => {
      const table = byName.get(entity.tableName)
      return table === undefined
        ? [`${entity.className}: there is no table ${entity.tableName}`]
        : differing(entity, table).map(difference => `${entity.className}: ${difference}`)
    }),
  ]
}

function differing(entity: EntityMetadata, table: Table): string[] {
  const properties: EntityProperty[] = Object.values(entity.properties)
  const expected = new Map(properties.filter(({ persist }) => persist !== false).flatMap(columnsOf))
  const key = entity.primaryKeys.flatMap(name => entity.properties[name]?.fieldNames ?? [])
  return [
    ...table.columns.flatMap(column => differingColumn(column, expected.get(column.name))),
    ...[...expected.keys()]
      .filter(name => !table.columns.some(column => column.name === name))
      .map(name => `${name} is no column of the table`),
    ...(key.join() === table.primaryKey.join()
      ? []
      : [`the primary key is (${key}) here, (${table.primaryKey}) in the database`]),
  ]
}

function columnsOf(property: EntityProperty): [string, Column][] {
  return (property.fieldNames ?? []).map((name, index) => [
    name,
    {
      name,
      type: spelledOut(property.columnTypes?.[index] ?? ''),
      isNullable: property.nullable ?? false,
      isGenerated: property.generated !== undefined,
    },
  ])
}

function differingColumn(is: Column, said: Column | undefined): string[] {
  if (said === undefined) return [`the column ${is.name} has no property`]
  const found: string[] = []
  if (said.type !== is.type) found.push(`${is.name} is ${said.type} here, ${is.type} in the database`)
  if (said.isNullable !== is.isNullable)
    found.push(`${is.name} is ${is.isNullable ? '' : 'not '}nullable in the database`)
  if (said.isGenerated !== is.isGenerated)
    found.push(`${is.name} is ${is.isGenerated ? '' : 'not '}generated in the database`)
  return found
}

const longNames: Readonly<Record<string, string>> = {
  int: 'integer',
  varchar: 'character varying',
  char: 'character',
  bool: 'boolean',
  double: 'double precision',
}

/** A type as PostgreSQL prints it: `timestamptz(3)` is `timestamp(3) with time zone`. */
function spelledOut(type: string): string {
  const [, name = '', precision = ''] = /^(\w+)(\(.*\))?$/.exec(type) ?? [type, type]
  if (name === 'timestamptz') return `timestamp${precision} with time zone`
  return `${longNames[name] ?? name}${precision}`
}
