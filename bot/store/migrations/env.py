"""What Alembic runs: the migrations, on the connection and inside the transaction that `upgrade` was given."""

from alembic import context

from bot.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the transaction is the caller's: Alembic neither begins nor commits
)
context.run_migrations()
