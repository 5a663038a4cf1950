-- What Redshift has and PostgreSQL 15 has not, or has otherwise: functions, aggregates and types, in a schema that is
-- looked through before PostgreSQL's own. They are written from Redshift's documentation. Where Redshift refuses a
-- conversion which PostgreSQL makes, it is refused here too.

create schema redshift;
set search_path = redshift, pg_catalog;

create function refuse(why text) returns void language plpgsql as $$
begin
  raise exception using errcode = '0A000', message = why;
end $$;

-- Conversions.

create function boolean_to_text(value boolean) returns text language plpgsql immutable strict as $$
begin
  raise exception using errcode = '42846', message = 'cannot cast type boolean to character varying';
end $$;
update pg_catalog.pg_cast set castfunc = 'redshift.boolean_to_text(boolean)'::pg_catalog.regprocedure
  where castsource = 'boolean'::pg_catalog.regtype and casttarget in ('text'::pg_catalog.regtype, 'varchar'::pg_catalog.regtype);

-- Time.

create function getdate() returns timestamp language sql stable
  return date_trunc('second', localtimestamp);

-- The length of a part of time, or null where months count.
create function unit_of(part text) returns interval language sql immutable strict
  return case
    when lower(part) in ('microsecond', 'microseconds', 'us') then interval '1 microsecond'
    when lower(part) in ('millisecond', 'milliseconds', 'ms') then interval '1 millisecond'
    when lower(part) in ('second', 'seconds', 's', 'sec', 'secs') then interval '1 second'
    when lower(part) in ('minute', 'minutes', 'm', 'min', 'mins') then interval '1 minute'
    when lower(part) in ('hour', 'hours', 'h', 'hr', 'hrs') then interval '1 hour'
    when lower(part) in ('day', 'days', 'd') then interval '1 day'
    when lower(part) in ('week', 'weeks', 'w') then interval '7 days'
    when lower(part) in ('month', 'months', 'mon', 'mons') then interval '1 month'
    when lower(part) in ('quarter', 'quarters', 'qtr', 'qtrs') then interval '3 months'
    when lower(part) in ('year', 'years', 'y', 'yr', 'yrs') then interval '1 year'
  end;
create function dateadd(part text, amount bigint, moment timestamp) returns timestamp language sql immutable strict
  return moment + amount * unit_of(part);
create function dateadd(part text, amount bigint, moment timestamptz) returns timestamptz language sql stable strict
  return moment + amount * unit_of(part);

-- Counts the borders between parts of time, not whole parts.
create function datediff(part text, a timestamp, b timestamp) returns bigint language sql immutable strict
begin atomic
  select case
    when unit_of(part) >= interval '30 days' then
      (case when unit_of(part) = interval '1 month' then 12 when unit_of(part) = interval '3 months' then 4 else 1 end)
        * (extract(year from b) - extract(year from a))
        + case
            when unit_of(part) = interval '1 month' then extract(month from b) - extract(month from a)
            when unit_of(part) = interval '3 months' then extract(quarter from b) - extract(quarter from a)
            else 0
          end
    when unit_of(part) = interval '7 days' then
      -- Weeks begin on Sunday.
      (cast(date_trunc('week', b + interval '1 day') as date) - cast(date_trunc('week', a + interval '1 day') as date)) / 7
    else
      (extract(epoch from date_trunc(word, b)) - extract(epoch from date_trunc(word, a))) / extract(epoch from unit_of(part))
  end::bigint
  from (
    select case unit_of(part)
      when interval '1 microsecond' then 'microseconds' when interval '1 millisecond' then 'milliseconds'
      when interval '1 second' then 'second' when interval '1 minute' then 'minute'
      when interval '1 hour' then 'hour' else 'day'
    end as word
  ) as words;
end;
create function datediff(part text, a timestamptz, b timestamptz) returns bigint language sql stable strict
  return datediff(part, a at time zone 'UTC', b at time zone 'UTC');
create function convert_timezone(from_zone text, to_zone text, moment timestamp) returns timestamp language sql stable strict
  return (moment at time zone from_zone) at time zone to_zone;
create function convert_timezone(to_zone text, moment timestamp) returns timestamp language sql stable strict
  return convert_timezone('UTC', to_zone, moment);
create function add_months(moment timestamp, months bigint) returns timestamp language sql immutable strict
  return dateadd('month', months, moment);
create function last_day(moment timestamp) returns date language sql immutable strict
  return cast(date_trunc('month', moment) + interval '1 month' - interval '1 day' as date);
create function trunc(moment timestamp) returns date language sql immutable strict
  return cast(moment as date);

-- Text.

create function nvl(a anycompatible, b anycompatible) returns anycompatible language sql immutable as 'select coalesce(a, b)';
create function len(value text) returns integer language sql immutable strict
  return length(value);
create function charindex(part text, value text) returns integer language sql immutable strict
  return strpos(value, part);
create function sha2(value text, bits integer) returns text language sql immutable strict
  return encode(case bits when 224 then sha224(cast(value as bytea)) when 384 then sha384(cast(value as bytea))
     when 512 then sha512(cast(value as bytea)) else sha256(cast(value as bytea)) end, 'hex');
create function from_hex(value text) returns bytea language sql immutable strict
  return decode(value, 'hex');
create function to_hex(value bytea) returns text language sql immutable strict
  return encode(value, 'hex');
create function from_varbyte(value bytea, format text) returns text language sql immutable strict
  return case when lower(format) in ('utf-8', 'utf8') then convert_from(value, 'UTF8') else encode(value, format) end;
create function to_varbyte(value text, format text) returns bytea language sql immutable strict
  return case when lower(format) in ('utf-8', 'utf8') then convert_to(value, 'UTF8') else decode(value, format) end;
create function strtol(value text, base integer) returns bigint language sql immutable strict
  return case
    when base = 16 then cast(cast('x' || lpad(value, 16, '0') as bit(64)) as bigint)
    else cast(value as bigint)
  end;
create function round(value double precision, digits integer) returns double precision language sql immutable strict
  return cast(pg_catalog.round(cast(value as numeric), digits) as double precision);

-- Regular expressions: `p` asks for those of Perl, which PostgreSQL's are near to; `e` for the first group.

create function flags_of(parameters text) returns text language sql immutable strict
  return case when parameters like '%i%' then 'i' else 'c' end;
create function regexp_replace(value text, pattern text) returns text language sql immutable strict
  return pg_catalog.regexp_replace(value, pattern, '', 'g');
create function regexp_replace(value text, pattern text, instead text) returns text language sql immutable strict
  return pg_catalog.regexp_replace(value, pattern, pg_catalog.regexp_replace(instead, '\$([0-9])', '\\\1', 'g'), 'g');
create function regexp_replace(value text, pattern text, instead text, start integer) returns text language sql immutable strict
  return substr(value, 1, start - 1) || redshift.regexp_replace(substr(value, start), pattern, instead);
create function regexp_replace(value text, pattern text, instead text, start integer, parameters text) returns text
  language sql immutable strict
  return substr(value, 1, start - 1) || pg_catalog.regexp_replace(substr(value, start), pattern,
     pg_catalog.regexp_replace(instead, '\$([0-9])', '\\\1', 'g'), 'g' || flags_of(parameters));
create function regexp_count(value text, pattern text, start integer default 1, parameters text default 'c') returns integer
  language sql immutable strict
  return pg_catalog.regexp_count(value, pattern, start, flags_of(parameters));
create function regexp_substr(value text, pattern text, start integer default 1, occurrence integer default 1, parameters text default 'c')
  returns text language sql immutable strict
  return coalesce(
    pg_catalog.regexp_substr(value, pattern, start, occurrence, flags_of(parameters), case when parameters like '%e%' then 1 else 0 end),
    '');
create function regexp_instr(value text, pattern text, start integer default 1, occurrence integer default 1) returns integer
  language sql immutable strict
  return pg_catalog.regexp_instr(value, pattern, start, occurrence);

-- JSON in text.

create function is_valid_json(value text) returns boolean language plpgsql immutable strict as $$
begin
  return left(ltrim(value, E' \t\r\n'), 1) = '{' and pg_catalog.json_typeof(value::json) = 'object';
exception when others then
  return false;
end $$;
create function is_valid_json_array(value text) returns boolean language plpgsql immutable strict as $$
begin
  return pg_catalog.json_typeof(value::json) = 'array';
exception when others then
  return false;
end $$;
create function can_json_parse(value text) returns boolean language plpgsql immutable strict as $$
begin
  return value::json is not null;
exception when others then
  return false;
end $$;
-- The value at a path of names; null where there is none, for JSON's own null, and within an array.
create function json_path(value text, path text[], null_if_invalid boolean) returns text language plpgsql immutable as $$
declare
  document json := value::json;
  name text;
begin
  if cardinality(path) > 5 then
    raise exception using errcode = '22023', message = 'a path of JSON has at most five elements';
  end if;
  foreach name in array path loop
    if pg_catalog.json_typeof(document) is distinct from 'object' then
      return null;
    end if;
    document := document -> name;
  end loop;
  return document #>> '{}';
exception when invalid_text_representation then
  if null_if_invalid then
    return null;
  end if;
  raise;
end $$;
create function json_extract_path_text(value text, a text) returns text language sql immutable
  return json_path(value, array[a], false);
create function json_extract_path_text(value text, a text, null_if_invalid boolean) returns text language sql immutable
  return json_path(value, array[a], null_if_invalid);
create function json_extract_path_text(value text, a text, b text) returns text language sql immutable
  return json_path(value, array[a, b], false);
create function json_extract_path_text(value text, a text, b text, null_if_invalid boolean) returns text language sql immutable
  return json_path(value, array[a, b], null_if_invalid);
create function json_extract_path_text(value text, a text, b text, c text) returns text language sql immutable
  return json_path(value, array[a, b, c], false);
create function json_extract_path_text(value text, a text, b text, c text, null_if_invalid boolean) returns text
  language sql immutable
  return json_path(value, array[a, b, c], null_if_invalid);
create function json_extract_path_text(value text, a text, b text, c text, d text, null_if_invalid boolean) returns text
  language sql immutable
  return json_path(value, array[a, b, c, d], null_if_invalid);
create function json_extract_path_text(value text, a text, b text, c text, d text, e text, null_if_invalid boolean) returns text
  language sql immutable
  return json_path(value, array[a, b, c, d, e], null_if_invalid);
create function json_extract_array_element_text(value text, place integer, null_if_invalid boolean default false) returns text
  language plpgsql immutable as $$
begin
  return case when pg_catalog.json_typeof(value::json) = 'array' and place >= 0 then value::json ->> place end;
exception when invalid_text_representation then
  if null_if_invalid then
    return null;
  end if;
  raise;
end $$;
create function json_array_length(value text, null_if_invalid boolean default false) returns integer language plpgsql immutable as $$
begin
  return pg_catalog.json_array_length(value::json);
exception when others then
  if null_if_invalid then
    return null;
  end if;
  raise;
end $$;

-- The type super.

create domain super as json;
-- Without blanks between its parts; names keep their order.
create function json_parse(value text) returns super language sql immutable strict
  return cast(pg_catalog.regexp_replace(
    cast(cast(value as json) as text), '("(?:[^"\\]|\\.)*")|[[:space:]]+', '\1', 'g') as super);
create function json_serialize(value super) returns text language sql immutable strict
  return cast(value as text);
create function json_typeof(value super) returns text language sql immutable strict
  return pg_catalog.json_typeof(value);
create function is_varchar(value super) returns boolean language sql immutable strict
  return pg_catalog.json_typeof(value) = 'string';
create function is_object(value super) returns boolean language sql immutable strict
  return pg_catalog.json_typeof(value) = 'object';
create function is_array(value super) returns boolean language sql immutable strict
  return pg_catalog.json_typeof(value) = 'array';
create function super_elements(value super, variadic path text[] default '{}') returns setof super language sql immutable
begin atomic
  select cast(element as super)
  from pg_catalog.json_array_elements(
    case when pg_catalog.json_typeof(value #> path) = 'array' then value #> path else '[]' end
  ) as elements(element);
end;
create function super_to_text(value json) returns text language sql immutable strict
  return value #>> '{}';
create cast (json as varchar) with function super_to_text(json);

-- Aggregates and windows.

create function first_of(kept anyelement, next anyelement) returns anyelement language sql immutable strict as 'select kept';
create function last_of(kept anyelement, next anyelement) returns anyelement language sql immutable strict as 'select next';
create aggregate any_value(anyelement) (sfunc = first_of, stype = anyelement);
create aggregate first_value_ignoring_nulls(anyelement) (sfunc = first_of, stype = anyelement);
create aggregate last_value_ignoring_nulls(anyelement) (sfunc = last_of, stype = anyelement);

-- Settings that PostgreSQL does not know have a prefix here.
create function current_setting(name text) returns text language sql stable strict
  return pg_catalog.current_setting(case when name = 'query_group' then 'redshift.query_group' else name end);

-- The catalog: late-binding views are plain ones here.

create function pg_get_late_binding_view_cols() returns setof record language sql stable
begin atomic
  select null::name, null::name, null::name, null::varchar, null::int where false;
end;

do $$
begin
  execute format('alter database %I set search_path = redshift, pg_catalog, "$user", public', current_database());
  -- A backslash begins an escape in every text.
  execute format('alter database %I set standard_conforming_strings = off', current_database());
  execute format('alter database %I set backslash_quote = on', current_database());
  execute format('alter database %I set escape_string_warning = off', current_database());
end $$;
