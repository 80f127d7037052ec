"""What BI tools and scripts do with ClickHouse, by clients nobody here wrote: clickhouse-connect and its SQLAlchemy dialect.

Takes an address as http://user:password@host:port/database and the user's right: `write` or `read`. Prints one JSON object.
"""

import json
import sys
from datetime import date
from urllib.parse import urlsplit

import clickhouse_connect
import sqlalchemy as sa


def main(address: str, right: str) -> None:
    place = urlsplit(address)
    database = place.path.lstrip("/")
    options = {"host": place.hostname, "port": place.port, "username": place.username, "password": place.password, "database": database}
    found: dict[str, object] = {}
    for compress in (False, True):
        client = clickhouse_connect.get_client(**options, compress=compress)
        if right == "write":
            written = f"by_client_{int(compress)}"
            client.command(f"CREATE OR REPLACE TABLE {written} (day Date32, price Decimal(14, 4), name LowCardinality(String), gap Nullable(Float64)) ENGINE = MergeTree ORDER BY day")
            client.insert(written, [[date(2025, 6, 28), "8372.48", "золото", None], [date(2025, 7, 1), "8400.10", "золото", 1.5]])
            found[f"rows {compress}"] = [[str(cell) for cell in row] for row in client.query(f"SELECT * FROM {written} ORDER BY day").result_rows]
        parameters = {"name": "золото", "day": date(2025, 6, 29)}
        answer = client.query("SELECT {name:String} AS name, {day:Date} AS day, toDecimal64(1.5, 4) AS price", parameters=parameters)
        found[f"parameters {compress}"] = [str(cell) for cell in answer.result_rows[0]]
        # A reader's settings are fixed, and this client knows it from system.settings.
        if right == "write":
            found[f"settings {compress}"] = client.query("SELECT getSetting('max_block_size')", settings={"max_block_size": 777}).result_rows[0][0]
        found[f"rows streamed {compress}"] = stream(client)
        found[f"arrow {compress}"] = len(client.raw_query("SELECT number FROM numbers(1000)", fmt="ArrowStream")) > 0
        found["server"] = client.server_version
        found["zone"] = str(client.server_tz)
        client.close()
    user = sa.engine.URL.create("clickhousedb", place.username, place.password, place.hostname, place.port, database)
    engine = sa.create_engine(user)
    inspector = sa.inspect(engine)
    found["schemas"] = sorted(inspector.get_schema_names())
    found["tables"] = sorted(inspector.get_table_names(schema=database))
    found["columns"] = {column["name"]: str(column["type"]) for column in inspector.get_columns("by_client_1", schema=database)}
    with engine.connect() as connection:
        found["version"] = connection.execute(sa.text("SELECT version()")).scalar()
        found["counted"] = connection.execute(sa.text("SELECT count() FROM by_client_1")).scalar()
        table = sa.table("by_client_1", sa.column("name"), sa.column("price"))
        statement = sa.select(table.c.name, sa.func.max(table.c.price)).group_by(table.c.name).limit(10)
        found["grouped"] = [[str(cell) for cell in row] for row in connection.execute(statement)]
    print(json.dumps(found, ensure_ascii=False))


def stream(client) -> int:
    with client.query_row_block_stream("SELECT number, toString(number) FROM numbers(200000)") as blocks:
        return sum(len(block) for block in blocks)


main(*sys.argv[1:])
