"""GoogleSQL as a library: parse, analyse and evaluate through PyPI's `zetasql`, which is GoogleSQL compiled to WASM.

The package's own client compiles the module at each start (half a minute) and copies memory byte by byte. This one keeps
the compiled module in the cache and copies whole blocks, so it starts in a second and answers in a tenth of one.
"""

import ctypes
import os
import re
import tempfile
import threading

from wasmtime import Config, Engine, Linker, Module, Store, WasiConfig
from zetasql.core.wasm_client import get_tzinfo_dir
from zetasql.wasi import get_wasm_path
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto import options_pb2, simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public import options_pb2 as public_options
from zetasql.wasi._pb2.zetasql.public import type_pb2

# Features that GoogleSQL has and BigQuery lacks.
# Names of types that are BigQuery's own.
ALIASES = {name: type_pb2.TYPE_INT64 for name in ("INT", "SMALLINT", "INTEGER", "BIGINT", "TINYINT", "BYTEINT")}
ALIASES |= {"DECIMAL": type_pb2.TYPE_NUMERIC, "BIGDECIMAL": type_pb2.TYPE_BIGNUMERIC}
ABSENT = ["FEATURE_TIMESTAMP_NANOS", "FEATURE_TIMESTAMP_PICOS", "FEATURE_SPANNER_LEGACY_DDL"]


class SqlError(Exception):
    """What GoogleSQL says is wrong with a statement; `code` is its status code."""

    def __init__(self, message, code=3):
        super().__init__(message)
        self.message = message
        self.code = code


class Interrupted(Exception):
    """The evaluation was ended from outside."""


class GoogleSql:
    """One instance of the module; calls are made by one thread at a time."""

    def __init__(self, cache):
        config = Config()
        config.shared_memory = True
        config.epoch_interruption = True
        self.engine = Engine(config)
        self.module = self._compiled(cache)
        self.lock = threading.Lock()
        self._instantiate()
        language = self._call(
            "GetLanguageOptions",
            service.LanguageOptionsRequest(maximum_features=True),
            options_pb2.LanguageOptionsProto,
        )
        language.product_mode = public_options.PRODUCT_EXTERNAL
        # An empty list means every kind of statement.
        del language.supported_statement_kinds[:]
        absent = {public_options.LanguageFeature.Value(name) for name in ABSENT if name in public_options.LanguageFeature.keys()}
        kept = [feature for feature in language.enabled_language_features if feature not in absent]
        del language.enabled_language_features[:]
        language.enabled_language_features.extend(kept)
        if "QUALIFY" not in language.reserved_keywords:
            language.reserved_keywords.append("QUALIFY")
        self.language = language
        self.options = options_pb2.AnalyzerOptionsProto(language_options=language, default_timezone="UTC")
        self.options.error_message_mode = public_options.ERROR_MESSAGE_ONE_LINE
        self.options.prune_unused_columns = False

    def _compiled(self, cache):
        path = os.path.join(cache, "googlesql-epoch.cwasm")
        if os.path.exists(path):
            try:
                return Module.deserialize_file(self.engine, path)
            except Exception:
                pass  # Made by another version of wasmtime.
        module = Module.from_file(self.engine, get_wasm_path())
        os.makedirs(cache, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=cache)
        with os.fdopen(handle, "wb") as file:
            file.write(module.serialize())
        os.replace(beside, path)
        return module

    def _instantiate(self):
        wasi = WasiConfig()
        wasi.inherit_stderr()
        wasi.preopen_dir(get_tzinfo_dir(), "/usr/share/zoneinfo")
        self.store = Store(self.engine)
        self.store.set_wasi(wasi)
        self.store.set_epoch_deadline(1 << 40)
        linker = Linker(self.engine)
        linker.define_wasi()
        self.exports = linker.instantiate(self.store, self.module).exports(self.store)
        try:
            self.exports["_initialize"](self.store)
        except KeyError:
            pass
        self.memory = self.exports["memory"]

    def _base(self):
        return ctypes.addressof(self.memory.data_ptr().contents)

    def _call(self, name, request, response):
        with self.lock:
            return self._call_locked(name, request, response)

    def _call_locked(self, name, request, response):
        data = request.SerializeToString()
        store, exports = self.store, self.exports
        store.set_epoch_deadline(1)
        at = exports["wasm_malloc"](store, len(data) or 1)
        size_at = exports["wasm_malloc"](store, 4)
        ctypes.memmove(self._base() + at, data, len(data))
        try:
            answer = exports["ZetaSqlLocalService_" + name](store, at, len(data), size_at)
        except Exception as trap:
            # A trap leaves the instance in no state to go on with.
            self._instantiate()
            if "interrupt" in str(trap):
                raise Interrupted() from None
            raise SqlError(f"the engine failed: {str(trap).splitlines()[0]}", 13) from None
        if answer:
            size = int.from_bytes(ctypes.string_at(self._base() + size_at, 4), "little")
            out = ctypes.string_at(self._base() + answer, size)
            exports["wasm_free"](store, answer)
        else:
            size = exports["wasm_get_last_error_size"](store)
            message = ctypes.string_at(self._base() + exports["wasm_get_last_error"](store), size).decode()
        exports["wasm_free"](store, at)
        exports["wasm_free"](store, size_at)
        if not answer:
            found = re.match(r"Code: (\d+), Message: (.*)", message, re.S)
            raise SqlError(found.group(2), int(found.group(1))) if found else SqlError(message)
        return response.FromString(out)

    def interrupt(self):
        """Ends the call that runs at the moment."""
        self.engine.increment_epoch()

    def parse_script(self, sql):
        """The statements of a script, as syntax trees."""
        request = service.ParseRequest(sql_statement=sql, options=self.language, allow_script=True)
        return self._call("Parse", request, service.ParseResponse).parsed_script

    def catalog(self):
        """A catalog with nothing but GoogleSQL's own functions."""
        catalog = simple_catalog_pb2.SimpleCatalogProto(name="root")
        catalog.builtin_function_options.language_options.CopyFrom(self.language)
        for alias, kind in ALIASES.items():
            catalog.named_type.add(name=alias).type.type_kind = kind
        return catalog

    def analyze(self, sql, catalog):
        """The resolved statement; an error where names or types are wrong."""
        request = service.AnalyzeRequest(sql_statement=sql, options=self.options, simple_catalog=catalog)
        return self._call("Analyze", request, service.AnalyzeResponse).resolved_statement

    def evaluate(self, sql, catalog, contents):
        """Columns and rows of a query over tables of the catalog's root."""
        request = service.EvaluateQueryRequest(sql=sql, options=self.options, simple_catalog=catalog)
        for name, content in contents.items():
            request.table_content[name].CopyFrom(content)
        response = self._call("EvaluateQuery", request, service.EvaluateQueryResponse)
        prepared = response.prepared
        if prepared.prepared_query_id:
            self._call(
                "UnprepareQuery",
                service.UnprepareQueryRequest(prepared_query_id=prepared.prepared_query_id),
                service.ParseResponse,
            )
        return list(prepared.columns), response.content
