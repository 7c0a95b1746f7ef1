


SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;


CREATE SCHEMA connectivity;



CREATE SCHEMA wolverine;



CREATE FUNCTION connectivity.mt_archive_stream(streamid character varying, tenantid character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
  update connectivity.mt_streams set is_archived = TRUE where id = streamid  and tenant_id = tenantid;
  update connectivity.mt_events set is_archived = TRUE where stream_id = streamid  and tenant_id = tenantid;
END;
$$;



CREATE FUNCTION connectivity.mt_grams_array(words text, use_unaccent boolean DEFAULT false) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
        DECLARE
result text[];
        DECLARE
word text;
        DECLARE
clean_word text;
BEGIN
                FOREACH
word IN ARRAY string_to_array(words, ' ')
                LOOP
                     clean_word = regexp_replace(connectivity.mt_safe_unaccent(use_unaccent, word), '[^a-zA-Z0-9]+', '','g');
FOR i IN 1 .. length(clean_word)
                     LOOP
                         result := result || quote_literal(substr(lower(clean_word), i, 1));
                         result
:= result || quote_literal(substr(lower(clean_word), i, 2));
                         result
:= result || quote_literal(substr(lower(clean_word), i, 3));
END LOOP;
END LOOP;

RETURN ARRAY(SELECT DISTINCT e FROM unnest(result) AS a(e) ORDER BY e);
END;
$$;



CREATE FUNCTION connectivity.mt_grams_query(text, use_unaccent boolean DEFAULT false) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $_$
BEGIN
RETURN (SELECT array_to_string(connectivity.mt_grams_array($1, use_unaccent), ' & ') ::tsquery);
END
$_$;



CREATE FUNCTION connectivity.mt_grams_vector(text, use_unaccent boolean DEFAULT false) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $_$
BEGIN
RETURN (SELECT array_to_string(connectivity.mt_grams_array($1, use_unaccent), ' ') ::tsvector);
END
$_$;



CREATE FUNCTION connectivity.mt_immutable_date(value text) RETURNS date
    LANGUAGE sql IMMUTABLE
    AS $$
select value::date

$$;



CREATE FUNCTION connectivity.mt_immutable_time(value text) RETURNS time without time zone
    LANGUAGE sql IMMUTABLE
    AS $$
select value::time

$$;



CREATE FUNCTION connectivity.mt_immutable_timestamp(value text) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE
    AS $$
select value::timestamp

$$;



CREATE FUNCTION connectivity.mt_immutable_timestamptz(value text) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE
    AS $$
select value::timestamptz

$$;



CREATE FUNCTION connectivity.mt_jsonb_append(jsonb, text[], jsonb, boolean, jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    if_not_exists ALIAS FOR $4;
    patch_expression ALIAS FOR $5;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'array' THEN
        CASE
            WHEN NOT if_not_exists THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) = 'object' AND NOT tmp_value @> jsonb_build_array(val) THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) <> 'object' AND NOT tmp_value @> val THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN patch_expression IS NOT NULL AND jsonb_typeof(patch_expression) = 'array' AND jsonb_array_length(patch_expression) = 0 THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            ELSE NULL;
            END CASE;
    END IF;
    RETURN retval;
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_append_key_value(jsonb, text[], jsonb, boolean) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    if_not_exists ALIAS FOR $4;
    tmp_value jsonb;
    _key text;
BEGIN
    tmp_value = retval #> location;

    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'object' THEN
        CASE
            WHEN NOT if_not_exists THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN NOT tmp_value ?| ARRAY(SELECT jsonb_object_keys(val)) THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            ELSE NULL;
        END CASE;
    END IF;
    RETURN retval;
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_copy(jsonb, text[], text[]) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    src_path ALIAS FOR $2;
    dst_path ALIAS FOR $3;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> src_path;
    retval = connectivity.mt_jsonb_fix_null_parent(retval, dst_path);
    RETURN jsonb_set(retval, dst_path, tmp_value::jsonb, TRUE);
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_duplicate(jsonb, text[], jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    targets ALIAS FOR $3;
    tmp_value jsonb;
    target_path text[];
    target text;
BEGIN
    FOR target IN SELECT jsonb_array_elements_text(targets)
    LOOP
        target_path = connectivity.mt_jsonb_path_to_array(target, '\.');
        retval = connectivity.mt_jsonb_copy(retval, location, target_path);
    END LOOP;

    RETURN retval;
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_fix_null_parent(jsonb, text[]) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
retval ALIAS FOR $1;
    dst_path ALIAS FOR $2;
    dst_path_segment text[] = ARRAY[]::text[];
    dst_path_array_length integer;
    i integer = 1;
BEGIN
    dst_path_array_length = array_length(dst_path, 1);
    WHILE i <=(dst_path_array_length - 1)
    LOOP
        dst_path_segment = dst_path_segment || ARRAY[dst_path[i]];
        IF retval #> dst_path_segment IS NULL OR retval #> dst_path_segment = 'null'::jsonb THEN
            retval = jsonb_set(retval, dst_path_segment, '{}'::jsonb, TRUE);
        END IF;
        i = i + 1;
    END LOOP;

    RETURN retval;
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_increment(jsonb, text[], numeric) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
retval ALIAS FOR $1;
    location ALIAS FOR $2;
    increment_value ALIAS FOR $3;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NULL THEN
        tmp_value = to_jsonb(0);
END IF;

RETURN jsonb_set(retval, location, to_jsonb(tmp_value::numeric + increment_value), TRUE);
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_insert(jsonb, text[], jsonb, integer, boolean, jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    elm_index ALIAS FOR $4;
    if_not_exists ALIAS FOR $5;
    patch_expression ALIAS FOR $6;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'array' THEN
        IF elm_index IS NULL THEN
            elm_index = jsonb_array_length(tmp_value) + 1;
        END IF;
        CASE
            WHEN NOT if_not_exists THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) = 'object' AND NOT tmp_value @> jsonb_build_array(val) THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) <> 'object' AND NOT tmp_value @> val THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            WHEN patch_expression IS NOT NULL AND jsonb_typeof(patch_expression) = 'array' AND jsonb_array_length(patch_expression) = 0 THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            ELSE NULL;
        END CASE;
    END IF;
    RETURN retval;
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_move(jsonb, text[], text) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    src_path ALIAS FOR $2;
    dst_name ALIAS FOR $3;
    dst_path text[];
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> src_path;
    retval = retval #- src_path;
    dst_path = src_path;
    dst_path[array_length(dst_path, 1)] = dst_name;
    retval = connectivity.mt_jsonb_fix_null_parent(retval, dst_path);
    RETURN jsonb_set(retval, dst_path, tmp_value, TRUE);
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_patch(jsonb, jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    patchset ALIAS FOR $2;
    patch jsonb;
    patch_path text[];
    patch_expression jsonb;
    value jsonb;
BEGIN
    FOR patch IN SELECT * from jsonb_array_elements(patchset)
    LOOP
        patch_path = connectivity.mt_jsonb_path_to_array((patch->>'path')::text, '\.');

        patch_expression = null;
        IF (patch->>'type') IN ('remove', 'append_if_not_exists', 'insert_if_not_exists') AND (patch->>'expression') IS NOT NULL THEN
            patch_expression = jsonb_path_query_array(retval #> patch_path, (patch->>'expression')::jsonpath);
        END IF;

        CASE patch->>'type'
            WHEN 'set' THEN
                retval = jsonb_set(retval, patch_path, (patch->'value')::jsonb, TRUE);
            WHEN 'delete' THEN
                retval = retval#-patch_path;
            WHEN 'append' THEN
                retval = connectivity.mt_jsonb_append(retval, patch_path, (patch->'value')::jsonb, FALSE);
            WHEN 'append_if_not_exists' THEN
                retval = connectivity.mt_jsonb_append(retval, patch_path, (patch->'value')::jsonb, TRUE, patch_expression);
            WHEN 'append_key_value' THEN
                retval = connectivity.mt_jsonb_append_key_value(retval, patch_path, (patch->'key_value')::jsonb, FALSE);
            WHEN 'append_key_value_if_not_exists' THEN
                retval = connectivity.mt_jsonb_append_key_value(retval, patch_path, (patch->'key_value')::jsonb, TRUE);
            WHEN 'insert' THEN
                retval = connectivity.mt_jsonb_insert(retval, patch_path, (patch->'value')::jsonb, (patch->>'index')::integer, FALSE);
            WHEN 'insert_if_not_exists' THEN
                retval = connectivity.mt_jsonb_insert(retval, patch_path, (patch->'value')::jsonb, (patch->>'index')::integer, TRUE, patch_expression);
            WHEN 'remove' THEN
                retval = connectivity.mt_jsonb_remove(retval, patch_path, COALESCE(patch_expression, (patch->'value')::jsonb));
            WHEN 'remove_key' THEN
                retval = connectivity.mt_jsonb_remove_key(retval, patch_path, (patch->>'key'));
            WHEN 'duplicate' THEN
                retval = connectivity.mt_jsonb_duplicate(retval, patch_path, (patch->'targets')::jsonb);
            WHEN 'rename' THEN
                retval = connectivity.mt_jsonb_move(retval, patch_path, (patch->>'to')::text);
            WHEN 'increment' THEN
                retval = connectivity.mt_jsonb_increment(retval, patch_path, (patch->>'increment')::numeric);
            WHEN 'increment_float' THEN
                retval = connectivity.mt_jsonb_increment(retval, patch_path, (patch->>'increment')::numeric);
            ELSE NULL;
        END CASE;
    END LOOP;
    RETURN retval;
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_path_to_array(text, character) RETURNS text[]
    LANGUAGE plpgsql
    AS $_$
DECLARE
    location ALIAS FOR $1;
    regex_pattern ALIAS FOR $2;
BEGIN
RETURN regexp_split_to_array(location, regex_pattern)::text[];
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_remove(jsonb, text[], jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    tmp_value jsonb;
    tmp_remove jsonb;
    patch_remove jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'array' THEN
        IF jsonb_typeof(val) = 'array' THEN
            tmp_remove = val;
        ELSE
            tmp_remove = jsonb_build_array(val);
        END IF;

        FOR patch_remove IN SELECT * FROM jsonb_array_elements(tmp_remove)
        LOOP
            tmp_value =(SELECT jsonb_agg(elem)
            FROM jsonb_array_elements(tmp_value) AS elem
            WHERE elem <> patch_remove);
        END LOOP;

        IF tmp_value IS NULL THEN
            tmp_value = '[]'::jsonb;
        END IF;
    END IF;
    RETURN jsonb_set(retval, location, tmp_value, FALSE);
END;
$_$;



CREATE FUNCTION connectivity.mt_jsonb_remove_key(jsonb, text[], text) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    _key ALIAS FOR $3;
    tmp_value jsonb;
    tmp_remove jsonb;
    patch_remove jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'object' THEN
        RETURN jsonb_set(retval, location, tmp_value - _key, FALSE);
    END IF;
    RETURN retval;
END;
$_$;



CREATE FUNCTION connectivity.mt_mark_event_progression(name character varying, last_encountered bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
INSERT INTO connectivity.mt_event_progression (name, last_seq_id, last_updated)
VALUES (name, last_encountered, transaction_timestamp())
ON CONFLICT ON CONSTRAINT pk_mt_event_progression
    DO
UPDATE SET last_seq_id = last_encountered, last_updated = transaction_timestamp();

END;

$$;



CREATE FUNCTION connectivity.mt_mark_progression_with_skip(shard_name character varying, ending_sequence bigint, starting_sequence bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    current_value bigint;
BEGIN
    select last_seq_id into current_value from connectivity.mt_event_progression where name = shard_name;

    IF current_value is null then
        -- Bootstrap the high-water row on first invocation. Previously this branch
        -- returned 0, which left HighWaterAgent.CheckNowAsync polling forever because
        -- statistics.CurrentMark never advanced. Issue #4425.
        INSERT INTO connectivity.mt_event_progression (name, last_seq_id, last_updated)
        VALUES (shard_name, ending_sequence, transaction_timestamp())
        ON CONFLICT ON CONSTRAINT pk_mt_event_progression
            DO UPDATE SET last_seq_id = ending_sequence, last_updated = transaction_timestamp();
        IF ending_sequence > starting_sequence THEN
            -- Idempotent: a rebuild/replay re-marks the same skip (ending_sequence is the
            -- PK). Re-recording an existing gap is a no-op. Conflict target is the PK
            -- constraint (the bare column name collides with the function parameter). #4530.
            insert into connectivity.mt_high_water_skips (ending_sequence, starting_sequence) values (ending_sequence, starting_sequence)
                on conflict on constraint pkey_mt_high_water_skips_ending_sequence do nothing;
        END IF;
        return ending_sequence;
    ELSIF current_value = starting_sequence THEN
        update connectivity.mt_event_progression SET last_seq_id = ending_sequence, last_updated = transaction_timestamp() where shard_name = name;
        insert into connectivity.mt_high_water_skips (ending_sequence, starting_sequence) values (ending_sequence, starting_sequence)
            on conflict on constraint pkey_mt_high_water_skips_ending_sequence do nothing;
        return ending_sequence;
    ELSE
        return current_value;
    END IF;
END
$$;



CREATE FUNCTION connectivity.mt_quick_append_events(stream character varying, stream_type character varying, tenantid character varying, event_ids uuid[], event_types character varying[], dotnet_types character varying[], bodies jsonb[], bdatas bytea[], expected_version bigint DEFAULT NULL::bigint) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
	event_version bigint;
	stream_is_archived boolean;
	event_type varchar;
	event_id uuid;
	body jsonb;
	index int;
	seq bigint;
    actual_tenant varchar;
    is_new_stream boolean := false;
	return_value bigint[];
    tenant_seq_suffix varchar;
    tenant_seq_name varchar;
BEGIN
    select partition_suffix into tenant_seq_suffix from connectivity.mt_tenant_partitions where partition_value = tenantid;
    if tenant_seq_suffix IS NULL then
        RAISE EXCEPTION 'Tenant ''%'' has no registered partition. Call AddMartenManagedTenantsAsync before appending events.', tenantid USING ERRCODE = 'MT002';
    end if;
    tenant_seq_name := format('%I.%I', 'connectivity', 'mt_events_sequence_' || tenant_seq_suffix);

    if expected_version IS NOT NULL then
        -- COALESCE turns the NULL we get for a brand-new stream into 0, so a
        -- FetchForWriting against a non-existent stream (which sets
        -- ExpectedVersionOnServer = 0) and a StartStream(id, version: 0) both
        -- land on the new-stream branch instead of mis-firing the guard.
        select version, is_archived into event_version, stream_is_archived from connectivity.mt_streams where id = stream AND tenant_id = tenantid;
        if COALESCE(event_version, 0) != expected_version then
            RAISE EXCEPTION 'Stream version mismatch on ''%'': expected %, actual %', stream, expected_version, COALESCE(event_version, 0) USING ERRCODE = 'MT003';
        end if;
    else
        select version, is_archived into event_version, stream_is_archived from connectivity.mt_streams where id = stream AND tenant_id = tenantid;
    end if;

	if event_version IS NULL then
		event_version = 0;
		is_new_stream := true;
		-- #5456 follow-up: insert the FINAL version straight away rather than 0 plus a
		-- trailing UPDATE of the row we just wrote in this same transaction. That UPDATE
		-- is a second heap tuple + WAL record per stream creation for no observable gain
		-- -- nothing outside this transaction can see the intermediate 0. The trailing
		-- UPDATE below is skipped for this branch via is_new_stream.
		insert into connectivity.mt_streams (id, type, version, timestamp, tenant_id) values (stream, stream_type, COALESCE(array_length(event_ids, 1), 0), now(), tenantid);
    else
        if stream_is_archived then
            RAISE EXCEPTION 'Attempted to append event to archived stream with Id ''%''.', stream USING ERRCODE = 'MT001';
        end if;
        if tenantid IS NOT NULL then
            select tenant_id into actual_tenant from connectivity.mt_streams where id = stream AND tenant_id = tenantid;
            if actual_tenant != tenantid then
                RAISE EXCEPTION 'The tenantid does not match the existing stream';
            end if;
        end if;
	end if;

	index := 1;
	-- #5062: array_length('{}', 1) is NULL in PostgreSQL, not 0, so a call with an
	-- empty event array used to return ARRAY[NULL] -- a bigint[] whose only element
	-- is NULL, which Npgsql cannot read into long[] ('Cannot read a non-nullable
	-- collection of elements because the returned array contains nulls'). COALESCE
	-- makes the empty case mean what it says: zero events appended, so the final
	-- version is the stream's current version.
	return_value := ARRAY[event_version + COALESCE(array_length(event_ids, 1), 0)];

	foreach event_id in ARRAY event_ids
	loop
        execute 'select nextval(''' || tenant_seq_name || ''')' into seq;
		return_value := array_append(return_value, seq);

	    event_version := event_version + 1;
		event_type = event_types[index];
		body = bodies[index];

		-- #4515 / #4578 / Phase 2: bdatas[index] carries the binary payload
		-- for events opted in to binary serialization (NULL otherwise).
		-- bodies[index] is the {} JSON placeholder for those events so the
		-- existing data jsonb NOT NULL constraint stays intact.
		insert into connectivity.mt_events
			(seq_id, id, stream_id, version, data, bdata, type, tenant_id, timestamp, mt_dotnet_type, is_archived)
		values
			(seq, event_id, stream, event_version, body, bdatas[index], event_type, tenantid, (now() at time zone 'utc'), dotnet_types[index], FALSE);

		index := index + 1;
	end loop;

	-- A brand-new stream already carries its final version from the insert above, so the
	-- UPDATE is only needed when we appended onto a stream that already existed.
	--
	-- #5539: and only when we actually appended something. With ZERO events this was a BLIND write-back
	-- of the version read at the top of the function, and under READ COMMITTED that is a lost update: the
	-- UPDATE waits on a concurrent appender's row lock, the winner commits, the WHERE clause is
	-- re-evaluated against the new row, and `set version = <the stale value>` lands -- leaving
	-- mt_streams.version BELOW the stream's own events. Every later append then computes a version that
	-- already exists and dies on pk_mt_events_stream_and_version, forever, until the row is repaired by
	-- hand. A non-empty call cannot do this: its first INSERT collides with the winner on that same
	-- primary key and rolls the whole thing back, which is why only the empty case was exposed.
	--
	-- Two independent guards, because either alone would have been enough and the cost of both is nil:
	--   * the append count -- appending nothing has nothing to write, so the correct number of statements
	--     is zero rather than one that happens to be harmless;
	--   * greatest(), so the write-back can never LOWER a stream's version whoever calls it. An append
	--     only ever moves a version forward, so this is a no-op on every correct path and a backstop on
	--     any future caller that reads the version and then writes it back.
	if not is_new_stream and COALESCE(array_length(event_ids, 1), 0) > 0 then
		update connectivity.mt_streams set version = greatest(version, event_version), timestamp = now() where id = stream AND tenant_id = tenantid;
	end if;

	return return_value;
END
$$;



CREATE FUNCTION connectivity.mt_safe_unaccent(use_unaccent boolean, word text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
BEGIN
IF use_unaccent THEN
    RETURN public.unaccent(word);
ELSE
    RETURN word;
END IF;
END;
$$;





CREATE TABLE connectivity.access_keys (
    access_key_id character varying NOT NULL,
    account character varying NOT NULL,
    user_name character varying NOT NULL,
    secret bytea NOT NULL,
    session_token_hash bytea,
    expires_at timestamp with time zone,
    enabled boolean NOT NULL,
    created_at timestamp with time zone NOT NULL
);



CREATE TABLE connectivity.device_credentials (
    credential_id character varying NOT NULL,
    thing_id character varying NOT NULL,
    account character varying NOT NULL,
    region character varying NOT NULL,
    thing_name character varying NOT NULL,
    kind character varying NOT NULL,
    hash bytea NOT NULL,
    policy character varying,
    created_at timestamp with time zone NOT NULL
);



CREATE TABLE connectivity.former_things (
    account character varying NOT NULL,
    region character varying NOT NULL,
    name character varying NOT NULL,
    deleted_at timestamp with time zone NOT NULL
);



CREATE TABLE connectivity.gateway_nodes (
    node_id character varying NOT NULL,
    account character varying NOT NULL,
    region character varying NOT NULL,
    renewed_at timestamp with time zone NOT NULL,
    lapsed_at timestamp with time zone
);



CREATE TABLE connectivity.gateway_sessions (
    account character varying NOT NULL,
    region character varying NOT NULL,
    client_id character varying NOT NULL,
    node_id character varying NOT NULL,
    session_identifier character varying NOT NULL,
    version_number bigint NOT NULL,
    connected_at timestamp with time zone NOT NULL,
    principal character varying
);



CREATE SEQUENCE connectivity.generations
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;



CREATE TABLE connectivity.indexing (
    account character varying NOT NULL,
    region character varying NOT NULL,
    configuration jsonb NOT NULL,
    generation bigint,
    turned_on_at timestamp with time zone,
    turned_off_at timestamp with time zone
);



CREATE TABLE connectivity.mt_doc_deadletterevent (
    id uuid NOT NULL,
    data jsonb NOT NULL,
    mt_last_modified timestamp with time zone DEFAULT transaction_timestamp(),
    mt_version uuid DEFAULT (md5(((random())::text || (clock_timestamp())::text)))::uuid NOT NULL,
    mt_dotnet_type character varying
);



CREATE TABLE connectivity.mt_doc_record (
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    id character varying NOT NULL,
    data jsonb NOT NULL,
    mt_last_modified timestamp with time zone DEFAULT transaction_timestamp(),
    mt_dotnet_type character varying,
    mt_version bigint DEFAULT 0 NOT NULL
)
PARTITION BY LIST (tenant_id);



CREATE TABLE connectivity.mt_doc_record_g2 (
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    id character varying NOT NULL,
    data jsonb NOT NULL,
    mt_last_modified timestamp with time zone DEFAULT transaction_timestamp(),
    mt_dotnet_type character varying,
    mt_version bigint DEFAULT 0 NOT NULL
);



CREATE TABLE connectivity.mt_doc_record_g3 (
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    id character varying NOT NULL,
    data jsonb NOT NULL,
    mt_last_modified timestamp with time zone DEFAULT transaction_timestamp(),
    mt_dotnet_type character varying,
    mt_version bigint DEFAULT 0 NOT NULL
);



CREATE TABLE connectivity.mt_doc_record_g4 (
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    id character varying NOT NULL,
    data jsonb NOT NULL,
    mt_last_modified timestamp with time zone DEFAULT transaction_timestamp(),
    mt_dotnet_type character varying,
    mt_version bigint DEFAULT 0 NOT NULL
);



CREATE TABLE connectivity.mt_event_progression (
    name character varying NOT NULL,
    last_seq_id bigint,
    last_updated timestamp with time zone DEFAULT transaction_timestamp(),
    mode character varying DEFAULT 'none'::character varying,
    rebuild_threshold integer DEFAULT 0,
    assigned_node integer DEFAULT 0,
    heartbeat timestamp with time zone,
    agent_status character varying(20),
    pause_reason text,
    running_on_node integer,
    warning_behind_threshold bigint,
    critical_behind_threshold bigint,
    failure_category character varying(50),
    failure_event_sequence bigint,
    failure_event_type character varying(500),
    failure_event_tenant_id character varying(500)
);



CREATE TABLE connectivity.mt_event_projection_floors (
    name character varying NOT NULL,
    tenant_id character varying NOT NULL,
    floor bigint NOT NULL,
    last_updated timestamp with time zone DEFAULT transaction_timestamp()
);



CREATE TABLE connectivity.mt_events (
    seq_id bigint NOT NULL,
    id uuid NOT NULL,
    stream_id character varying,
    version bigint NOT NULL,
    data jsonb NOT NULL,
    bdata bytea,
    type character varying(500) NOT NULL,
    "timestamp" timestamp with time zone DEFAULT '2026-11-26 01:04:43.606557+00'::timestamp with time zone NOT NULL,
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    mt_dotnet_type character varying,
    is_archived boolean DEFAULT false
)
PARTITION BY LIST (tenant_id);



CREATE TABLE connectivity.mt_events_g2 (
    seq_id bigint NOT NULL,
    id uuid NOT NULL,
    stream_id character varying,
    version bigint NOT NULL,
    data jsonb NOT NULL,
    bdata bytea,
    type character varying(500) NOT NULL,
    "timestamp" timestamp with time zone DEFAULT '2026-11-26 01:04:43.606557+00'::timestamp with time zone NOT NULL,
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    mt_dotnet_type character varying,
    is_archived boolean DEFAULT false
);



CREATE TABLE connectivity.mt_events_g3 (
    seq_id bigint NOT NULL,
    id uuid NOT NULL,
    stream_id character varying,
    version bigint NOT NULL,
    data jsonb NOT NULL,
    bdata bytea,
    type character varying(500) NOT NULL,
    "timestamp" timestamp with time zone DEFAULT '2026-11-26 01:04:43.606557+00'::timestamp with time zone NOT NULL,
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    mt_dotnet_type character varying,
    is_archived boolean DEFAULT false
);



CREATE TABLE connectivity.mt_events_g4 (
    seq_id bigint NOT NULL,
    id uuid NOT NULL,
    stream_id character varying,
    version bigint NOT NULL,
    data jsonb NOT NULL,
    bdata bytea,
    type character varying(500) NOT NULL,
    "timestamp" timestamp with time zone DEFAULT '2026-11-26 01:04:43.606557+00'::timestamp with time zone NOT NULL,
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    mt_dotnet_type character varying,
    is_archived boolean DEFAULT false
);



CREATE SEQUENCE connectivity.mt_events_sequence
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;



ALTER SEQUENCE connectivity.mt_events_sequence OWNED BY connectivity.mt_events.seq_id;



CREATE SEQUENCE connectivity.mt_events_sequence_g2
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;



CREATE SEQUENCE connectivity.mt_events_sequence_g3
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;



CREATE SEQUENCE connectivity.mt_events_sequence_g4
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;



CREATE TABLE connectivity.mt_high_water_skips (
    ending_sequence bigint NOT NULL,
    starting_sequence bigint NOT NULL,
    "timestamp" timestamp with time zone DEFAULT transaction_timestamp()
);



CREATE TABLE connectivity.mt_streams (
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    id character varying NOT NULL,
    type character varying,
    version bigint,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    compacted_version bigint DEFAULT 0 NOT NULL,
    is_archived boolean DEFAULT false
)
PARTITION BY LIST (tenant_id);



CREATE TABLE connectivity.mt_streams_g2 (
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    id character varying NOT NULL,
    type character varying,
    version bigint,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    compacted_version bigint DEFAULT 0 NOT NULL,
    is_archived boolean DEFAULT false
);



CREATE TABLE connectivity.mt_streams_g3 (
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    id character varying NOT NULL,
    type character varying,
    version bigint,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    compacted_version bigint DEFAULT 0 NOT NULL,
    is_archived boolean DEFAULT false
);



CREATE TABLE connectivity.mt_streams_g4 (
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying NOT NULL,
    id character varying NOT NULL,
    type character varying,
    version bigint,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    compacted_version bigint DEFAULT 0 NOT NULL,
    is_archived boolean DEFAULT false
);



CREATE TABLE connectivity.mt_tenant_partitions (
    partition_value character varying NOT NULL,
    partition_suffix character varying
);



CREATE TABLE connectivity.things (
    account character varying NOT NULL,
    region character varying NOT NULL,
    name character varying NOT NULL,
    thing_id character varying NOT NULL,
    attributes jsonb NOT NULL,
    version bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    former_life_ended_at timestamp with time zone
);



CREATE TABLE connectivity.throttle_buckets (
    account character varying NOT NULL,
    operations character varying NOT NULL,
    tokens double precision NOT NULL,
    refilled_at timestamp with time zone NOT NULL
);



CREATE TABLE connectivity.throttle_limits (
    account character varying NOT NULL,
    operations character varying NOT NULL,
    per_second double precision NOT NULL,
    burst double precision NOT NULL
);



CREATE TABLE connectivity.user_policies (
    account character varying NOT NULL,
    user_name character varying NOT NULL,
    policy_name character varying NOT NULL,
    document character varying NOT NULL
);



CREATE TABLE connectivity.users (
    account character varying NOT NULL,
    name character varying NOT NULL,
    created_at timestamp with time zone NOT NULL
);



CREATE TABLE wolverine.wolverine_agent_restrictions (
    id uuid NOT NULL,
    uri character varying NOT NULL,
    type character varying NOT NULL,
    node integer DEFAULT 0 NOT NULL
);



CREATE TABLE wolverine.wolverine_control_queue (
    id uuid NOT NULL,
    message_type character varying NOT NULL,
    node_id uuid NOT NULL,
    body bytea NOT NULL,
    posted timestamp with time zone DEFAULT now() NOT NULL,
    expires timestamp with time zone
);



CREATE TABLE wolverine.wolverine_dead_letter_history (
    id uuid NOT NULL,
    replay_count integer,
    last_replayed_at timestamp with time zone,
    first_failed_at timestamp with time zone
);



CREATE TABLE wolverine.wolverine_dead_letters (
    id uuid NOT NULL,
    execution_time timestamp with time zone,
    body bytea NOT NULL,
    message_type character varying NOT NULL,
    received_at character varying,
    source character varying,
    exception_type character varying,
    exception_message character varying,
    sent_at timestamp with time zone,
    replayable boolean,
    failure_group character varying(100),
    failure_title character varying(500),
    failed_at timestamp with time zone,
    first_failed_at timestamp with time zone,
    replay_count integer,
    last_replayed_at timestamp with time zone,
    archived_at timestamp with time zone
);



CREATE TABLE wolverine.wolverine_incoming_envelopes (
    id uuid NOT NULL,
    status character varying NOT NULL,
    owner_id integer NOT NULL,
    execution_time timestamp with time zone,
    attempts integer DEFAULT 0,
    body bytea NOT NULL,
    message_type character varying NOT NULL,
    received_at character varying,
    keep_until timestamp with time zone
);



CREATE TABLE wolverine.wolverine_node_assignments (
    id character varying NOT NULL,
    node_id uuid,
    started timestamp with time zone DEFAULT now() NOT NULL
);



CREATE TABLE wolverine.wolverine_node_records (
    id integer NOT NULL,
    node_number integer NOT NULL,
    event_name character varying NOT NULL,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL,
    description character varying
);



CREATE SEQUENCE wolverine.wolverine_node_records_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;



ALTER SEQUENCE wolverine.wolverine_node_records_id_seq OWNED BY wolverine.wolverine_node_records.id;



CREATE TABLE wolverine.wolverine_nodes (
    id uuid NOT NULL,
    node_number integer NOT NULL,
    description character varying NOT NULL,
    uri character varying NOT NULL,
    started timestamp with time zone DEFAULT now() NOT NULL,
    health_check timestamp with time zone DEFAULT now() NOT NULL,
    version character varying,
    capabilities text[]
);



CREATE SEQUENCE wolverine.wolverine_nodes_node_number_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;



ALTER SEQUENCE wolverine.wolverine_nodes_node_number_seq OWNED BY wolverine.wolverine_nodes.node_number;



CREATE TABLE wolverine.wolverine_outgoing_envelopes (
    id uuid NOT NULL,
    owner_id integer NOT NULL,
    destination character varying NOT NULL,
    deliver_by timestamp with time zone,
    body bytea NOT NULL,
    attempts integer DEFAULT 0,
    message_type character varying NOT NULL
);



ALTER TABLE ONLY connectivity.mt_doc_record ATTACH PARTITION connectivity.mt_doc_record_g2 FOR VALUES IN ('000000000000.us-east-1.2');



ALTER TABLE ONLY connectivity.mt_doc_record ATTACH PARTITION connectivity.mt_doc_record_g3 FOR VALUES IN ('111122223333.us-east-1.3');



ALTER TABLE ONLY connectivity.mt_doc_record ATTACH PARTITION connectivity.mt_doc_record_g4 FOR VALUES IN ('111122223333.us-east-1.4');



ALTER TABLE ONLY connectivity.mt_events ATTACH PARTITION connectivity.mt_events_g2 FOR VALUES IN ('000000000000.us-east-1.2');



ALTER TABLE ONLY connectivity.mt_events ATTACH PARTITION connectivity.mt_events_g3 FOR VALUES IN ('111122223333.us-east-1.3');



ALTER TABLE ONLY connectivity.mt_events ATTACH PARTITION connectivity.mt_events_g4 FOR VALUES IN ('111122223333.us-east-1.4');



ALTER TABLE ONLY connectivity.mt_streams ATTACH PARTITION connectivity.mt_streams_g2 FOR VALUES IN ('000000000000.us-east-1.2');



ALTER TABLE ONLY connectivity.mt_streams ATTACH PARTITION connectivity.mt_streams_g3 FOR VALUES IN ('111122223333.us-east-1.3');



ALTER TABLE ONLY connectivity.mt_streams ATTACH PARTITION connectivity.mt_streams_g4 FOR VALUES IN ('111122223333.us-east-1.4');



ALTER TABLE ONLY wolverine.wolverine_node_records ALTER COLUMN id SET DEFAULT nextval('wolverine.wolverine_node_records_id_seq'::regclass);



ALTER TABLE ONLY wolverine.wolverine_nodes ALTER COLUMN node_number SET DEFAULT nextval('wolverine.wolverine_nodes_node_number_seq'::regclass);



INSERT INTO connectivity.access_keys VALUES ('AKIAFRSEROVOBEOUZKK7', '000000000000', 'administrator', '\x09f0c9f0f2a217fb1d313b4f89e45b5d478ad53e7bd872a656d7cd4ee037d825aa82f780f363afad9572e3bb8a7b0bab7d2c6fc07ae26d2e4d084eae329781f42e43367a51de53f6e1143cfaf3b8b40548f1bcf1c635d18bd4918b46a5603e147b430ecb2535528a18c2f90591e987b92a6bb2009b36b134d34166861ed406a045140251', NULL, NULL, true, '2026-11-26 01:04:43.868322+00');
INSERT INTO connectivity.access_keys VALUES ('AKIAIZUZKCLMEQ5PYCNS', '000000000000', 'reader', '\x09f0c9f0f2a217fb1d313b4f89e45b5d478ad53e0f6ae02ca97655deabfb623b563d3621a4cf868656b4d0ac508e2bb69f54ff693d0673ba25a1db4f331135d4903edefe8066c6ce565d8ce4235e5d30be5f01adc179011507b2486f8d71e4c40a186a192ee8680e8d090b51ab62331bd30e050aac9a5cb8731843705668136a206f2412', NULL, NULL, true, '2026-11-26 01:04:46.25818+00');
INSERT INTO connectivity.access_keys VALUES ('AKIAQ7NKR722UPYGE27E', '000000000000', 'former', '\x09f0c9f0f2a217fb1d313b4f89e45b5d478ad53eaf8c78a59459858575ed0c956d34a1f98c22c4817ae7f0b0d0763a633fd047ddb6af4f680e72aa6fcbc69b290b8c019fc7eb18fd1230b03d2c071062bf32b28c79e97ff98fc299167c70052e88ce6be3cca52dff759a1aa92aa21d82f65f30ce08d1ec13a6c7ed2fbe0084273529e95a', NULL, NULL, false, '2026-11-26 01:04:49.391387+00');
INSERT INTO connectivity.access_keys VALUES ('AKIAXO4KQZHOBH3GPYYQ', '111122223333', 'operator', '\x09f0c9f0f2a217fb1d313b4f89e45b5d478ad53e0957192df6aafbc9594aee15f694732c9166faca52f9aac1b3bd80133ad6f4573ba2e4f0882fd6b69415059974326ba783f87b36528e07c0ca20e7c986c0df106aa96d8bc69049914a1927ec9dfec22fe7d1b9c9fed5b4bbeb7e920df7d27f93580fe922a241616d638878bf674ce903', NULL, NULL, true, '2026-11-26 01:04:55.372596+00');



INSERT INTO connectivity.device_credentials VALUES ('password-019f80c01b7eb142', 'eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f', '000000000000', 'us-east-1', 'lamp-ended', 'password', '\x1c7d9ec39d780230a45f163b0885df017fef9ef4a3faa46dc9e7c505f44e1454', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:Connect","iot:Subscribe","iot:Receive"],
    "Resource":"*"}]}
', '2026-11-26 01:04:59.936302+00');
INSERT INTO connectivity.device_credentials VALUES ('password-552e0598bf757a6a', '1b709446-5cd5-4b74-9fec-89b2b3707941', '000000000000', 'us-east-1', 'lamp-taken-over', 'password', '\x8d83f6df6b94ac046b735da73a07af59063a9efee189df63786d27056abb0eaa', NULL, '2026-11-26 01:05:01.564831+00');
INSERT INTO connectivity.device_credentials VALUES ('password-df5c85309748f77b', '7a290628-5fee-4173-a434-4de216f48b73', '000000000000', 'us-east-1', 'lamp-restarted', 'password', '\xd52c0eb8dd52c5e314641f8c8e6b505d2816362459355c59a11d7591acbcf6f8', NULL, '2026-11-26 01:05:03.068673+00');
INSERT INTO connectivity.device_credentials VALUES ('password-39aac12dab48ec29', '1423841a-0065-4cd2-9413-a819b356c30a', '000000000000', 'us-east-1', 'lamp-orphaned', 'password', '\x1195182623c836e52829bf76054797401eae469666cd3db5092892691c468819', NULL, '2026-11-26 01:05:04.340271+00');
INSERT INTO connectivity.device_credentials VALUES ('password-c939ecae0a0a5c0a', 'bcb2d0fd-8d87-4ea1-9544-47a664b86d0c', '000000000000', 'us-east-1', 'lamp-orphaned-5', 'password', '\xeb8e3cee5ab939e4a7b13be92302fc57820007a54c3457e9d61c5839d0c1ff74', NULL, '2026-11-26 01:05:05.988307+00');
INSERT INTO connectivity.device_credentials VALUES ('password-a9150a9969f3d22a', 'b0d649db-32a8-438f-bac9-30c4b5f51fd3', '000000000000', 'us-east-1', 'lamp-spilled', 'password', '\x608cb4c2936a93ecf0f2bf0741d1d19f81a15eb4e9726b3f66723404926c38f5', NULL, '2026-11-26 01:05:07.313369+00');
INSERT INTO connectivity.device_credentials VALUES ('password-15e9569a5f80058e', '907b45f6-7a3d-4ee5-a444-147a55bf4415', '000000000000', 'us-east-1', 'lamp-end-spilled', 'password', '\x73219c7d94df672058c37329e8cf56226bf9858eeb9ab7d01b4b5f6e53df13f2', NULL, '2026-11-26 01:05:08.595137+00');
INSERT INTO connectivity.device_credentials VALUES ('password-2874d6be173bce45', '63d38f34-e83c-4773-a707-093d1319e16e', '000000000000', 'us-east-1', 'lamp-visit-spilled', 'password', '\xd07d43d0bfc0a7786c9a47ea446a5c671a59d251cfeb589de131d0ff76b26231', NULL, '2026-11-26 01:05:10.005351+00');



INSERT INTO connectivity.former_things VALUES ('000000000000', 'us-east-1', 'pump-removed', '2026-11-26 01:05:27.918425+00');



INSERT INTO connectivity.gateway_nodes VALUES ('5ce24fc0ab164e92891ba373db8a4416', '000000000000', 'us-east-1', '2026-11-26 01:05:46.595518+00', NULL);



INSERT INTO connectivity.gateway_sessions VALUES ('000000000000', 'us-east-1', 'lamp-orphaned', '5ce24fc0ab164e92891ba373db8a4416', 'd8e4154979d249809b0f8604778a30f8', 1795655142316, '2026-11-26 01:05:42.316+00', 'password-39aac12dab48ec29');
INSERT INTO connectivity.gateway_sessions VALUES ('000000000000', 'us-east-1', 'lamp-orphaned-5', '5ce24fc0ab164e92891ba373db8a4416', '99b86541228c4e648d44e1c8a2e3c1ec', 1795655142488, '2026-11-26 01:05:42.488+00', 'password-c939ecae0a0a5c0a');
INSERT INTO connectivity.gateway_sessions VALUES ('000000000000', 'us-east-1', 'lamp-end-spilled', '5ce24fc0ab164e92891ba373db8a4416', 'd05ff8f098bc4180b924b38d092d1a0e', 1795655142660, '2026-11-26 01:05:42.66+00', 'password-15e9569a5f80058e');



INSERT INTO connectivity.indexing VALUES ('000000000000', 'us-east-1', '{"thing": {"mode": "REGISTRY", "filter": {"geoLocations": [], "namedShadowNames": [], "includeSocketInformation": true}, "customFields": [], "namedShadowMode": "OFF", "connectivityMode": "STATUS", "deviceDefenderMode": "OFF"}, "thingGroup": {"mode": "OFF", "customFields": []}}', 2, '2026-11-26 01:04:57.913923+00', '2026-11-26 01:04:57.740186+00');
INSERT INTO connectivity.indexing VALUES ('111122223333', 'us-east-1', '{"thing": {"mode": "REGISTRY", "filter": {"geoLocations": [], "namedShadowNames": [], "includeSocketInformation": true}, "customFields": [], "namedShadowMode": "OFF", "connectivityMode": "STATUS", "deviceDefenderMode": "OFF"}, "thingGroup": {"mode": "OFF", "customFields": []}}', 4, '2026-11-26 01:05:31.261609+00', '2026-11-26 01:05:28.944198+00');






INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', '1b709446-5cd5-4b74-9fec-89b2b3707941', '{"connect": {"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 40830, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 90}, "clientId": "lamp-taken-over", "connection": {"source": "gateway", "versionNumber": 1795655118627, "sessionIdentifier": "8b3a0cc5ddd34b57bd1cbf3014d59675"}, "occurredAt": "2026-11-26T01:05:18.627+00:00", "principalIdentifier": "password-552e0598bf757a6a"}, "thingId": "1b709446-5cd5-4b74-9fec-89b2b3707941", "disconnect": {"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 40830, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 90}, "clientId": "lamp-taken-over", "connection": {"source": "gateway", "versionNumber": 1795655118627, "sessionIdentifier": "8b3a0cc5ddd34b57bd1cbf3014d59675"}, "occurredAt": "2026-11-26T01:05:18.768+00:00", "reportedReason": "CLIENT_INITIATED_DISCONNECT", "clientInitiated": true, "principalIdentifier": "password-552e0598bf757a6a"}}', '2026-11-26 01:05:18.770162+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 4);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', '7a290628-5fee-4173-a434-4de216f48b73', '{"connect": {"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 40846, "targetPort": 40017}, "session": {"cleanSession": false, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "lamp-restarted", "connection": {"source": "gateway", "versionNumber": 1795655118815, "sessionIdentifier": "4b9547e051ba4dce95c598fa1885e7bc"}, "occurredAt": "2026-11-26T01:05:18.815+00:00", "principalIdentifier": "password-df5c85309748f77b"}, "thingId": "7a290628-5fee-4173-a434-4de216f48b73", "disconnect": {"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 40846, "targetPort": 40017}, "session": {"cleanSession": false, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "lamp-restarted", "connection": {"source": "gateway", "versionNumber": 1795655118815, "sessionIdentifier": "4b9547e051ba4dce95c598fa1885e7bc"}, "occurredAt": "2026-11-26T01:05:18.954+00:00", "reportedReason": "SERVER_INITIATED_DISCONNECT", "clientInitiated": false, "principalIdentifier": "password-df5c85309748f77b"}}', '2026-11-26 01:05:18.955431+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 2);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', 'f3726f79-177e-45dd-8560-69e07890f3ec', '{"connect": {"socket": {"sourceIp": "192.0.2.7", "targetIp": "198.51.100.9", "sourcePort": 50123, "targetPort": 8883, "vpcEndpointId": "vpce-0123456789"}, "session": {"cleanSession": true, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 2, "sessionIdentifier": "session-2"}, "occurredAt": "2026-11-25T23:24:06+00:00", "principalIdentifier": "principal-1"}, "thingId": "f3726f79-177e-45dd-8560-69e07890f3ec"}', '2026-11-26 01:05:24.248978+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 3);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', 'eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f', '{"connect": {"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 33886, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 5}, "clientId": "lamp-ended", "connection": {"source": "gateway", "versionNumber": 1795655110682, "sessionIdentifier": "1722a0e8d59b4ad8a8fd8f16c73d1f69"}, "occurredAt": "2026-11-26T01:05:10.682+00:00", "principalIdentifier": "password-019f80c01b7eb142"}, "thingId": "eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f", "disconnect": {"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 33886, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 5}, "clientId": "lamp-ended", "connection": {"source": "gateway", "versionNumber": 1795655110682, "sessionIdentifier": "1722a0e8d59b4ad8a8fd8f16c73d1f69"}, "occurredAt": "2026-11-26T01:05:18.331+00:00", "reportedReason": "MQTT_KEEP_ALIVE_TIMEOUT", "clientInitiated": false, "principalIdentifier": "password-019f80c01b7eb142"}}', '2026-11-26 01:05:18.336786+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 6);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', 'ec0863fb-6d19-4ab8-90f5-4c5c1a7be52e', '{"connect": {"socket": {"sourceIp": "192.0.2.7", "targetIp": "198.51.100.9", "sourcePort": 50123, "targetPort": 8883, "vpcEndpointId": "vpce-0123456789"}, "session": {"cleanSession": true, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "pump-lost", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:05:46+00:00", "principalIdentifier": "principal-1"}, "thingId": "ec0863fb-6d19-4ab8-90f5-4c5c1a7be52e", "disconnect": {"socket": {}, "session": {}, "clientId": "pump-lost", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:35:46+00:00", "reportedReason": "CONNECTION_LOST"}}', '2026-11-26 01:05:24.248978+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 2);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', '40391126-8fa8-4bd5-b2de-765a2c740e63', '{"connect": {"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 15, "sessionIdentifier": "session-15"}, "occurredAt": "2026-11-25T23:29:06+00:00"}, "thingId": "40391126-8fa8-4bd5-b2de-765a2c740e63", "disconnect": {"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 15, "sessionIdentifier": "session-15"}, "occurredAt": "2026-11-25T23:29:56+00:00", "reportedReason": "CLIENT_INITIATED_DISCONNECT"}}', '2026-11-26 01:05:26.520283+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 30);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', 'bc8d9709-3912-4201-be76-a3e0c725ead9', '{"connect": {"socket": {}, "session": {}, "clientId": "pump-takeover", "connection": {"source": "http", "versionNumber": 2, "sessionIdentifier": "session-2"}, "occurredAt": "2026-11-25T23:09:06+00:00"}, "thingId": "bc8d9709-3912-4201-be76-a3e0c725ead9"}', '2026-11-26 01:05:26.869837+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 3);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', 'f2a5cd52-18ff-4f48-aba5-e0a9f94d8a74', '{"connect": {"socket": {}, "session": {}, "clientId": "pump-sources", "connection": {"source": "broker-2", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:14:06+00:00"}, "thingId": "f2a5cd52-18ff-4f48-aba5-e0a9f94d8a74"}', '2026-11-26 01:05:27.280421+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 2);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', 'b6536624-5c43-4978-aa88-15aa90518761', '{"connect": {"socket": {"sourceIp": "192.0.2.7", "targetIp": "198.51.100.9", "sourcePort": 50123, "targetPort": 8883, "vpcEndpointId": "vpce-0123456789"}, "session": {"cleanSession": true, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "pump-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-end", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:06+00:00", "principalIdentifier": "principal-1"}, "thingId": "b6536624-5c43-4978-aa88-15aa90518761", "disconnect": {"socket": {}, "session": {}, "clientId": "pump-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-end", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:11+00:00", "reportedReason": "CLIENT_ERROR"}}', '2026-11-26 01:05:27.389969+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 2);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', '6dd3d89e-1bd2-4725-9683-0d382f02538e', '{"connect": {"socket": {}, "session": {}, "clientId": "pump-late", "connection": {"source": "http", "versionNumber": 3, "sessionIdentifier": "session-3"}, "occurredAt": "2026-11-25T23:44:06+00:00"}, "thingId": "6dd3d89e-1bd2-4725-9683-0d382f02538e"}', '2026-11-26 01:05:27.498557+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 4);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', '1423841a-0065-4cd2-9413-a819b356c30a', '{"connect": {"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 56398, "targetPort": 40759}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 60}, "clientId": "lamp-orphaned", "connection": {"source": "gateway", "versionNumber": 1795655142316, "sessionIdentifier": "d8e4154979d249809b0f8604778a30f8"}, "occurredAt": "2026-11-26T01:05:42.316+00:00", "principalIdentifier": "password-39aac12dab48ec29"}, "thingId": "1423841a-0065-4cd2-9413-a819b356c30a"}', '2026-11-26 01:05:42.344692+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 1);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', 'cea72555-37ee-404f-a431-4a93eb508625', '{"connect": {"socket": {"sourceIp": "192.0.2.7", "targetIp": "198.51.100.9", "sourcePort": 50123, "targetPort": 8883, "vpcEndpointId": "vpce-0123456789"}, "session": {"cleanSession": true, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "pump-overtaken", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:09:06+00:00", "principalIdentifier": "principal-1"}, "thingId": "cea72555-37ee-404f-a431-4a93eb508625", "disconnect": {"socket": {}, "session": {}, "clientId": "pump-overtaken", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:19:06+00:00", "reportedReason": "CLIENT_INITIATED_DISCONNECT"}}', '2026-11-26 01:05:27.03309+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 2);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', 'bcb2d0fd-8d87-4ea1-9544-47a664b86d0c', '{"connect": {"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 56406, "targetPort": 40759}, "session": {"cleanSession": false, "sessionExpiry": 120, "keepAliveDuration": 30}, "clientId": "lamp-orphaned-5", "connection": {"source": "gateway", "versionNumber": 1795655142488, "sessionIdentifier": "99b86541228c4e648d44e1c8a2e3c1ec"}, "occurredAt": "2026-11-26T01:05:42.488+00:00", "principalIdentifier": "password-c939ecae0a0a5c0a"}, "thingId": "bcb2d0fd-8d87-4ea1-9544-47a664b86d0c"}', '2026-11-26 01:05:42.493853+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 1);
INSERT INTO connectivity.mt_doc_record_g2 VALUES ('000000000000.us-east-1.2', '907b45f6-7a3d-4ee5-a444-147a55bf4415', '{"connect": {"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 56418, "targetPort": 40759}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 60}, "clientId": "lamp-end-spilled", "connection": {"source": "gateway", "versionNumber": 1795655142660, "sessionIdentifier": "d05ff8f098bc4180b924b38d092d1a0e"}, "occurredAt": "2026-11-26T01:05:42.66+00:00", "principalIdentifier": "password-15e9569a5f80058e"}, "thingId": "907b45f6-7a3d-4ee5-a444-147a55bf4415"}', '2026-11-26 01:05:42.661305+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 1);



INSERT INTO connectivity.mt_doc_record_g3 VALUES ('111122223333.us-east-1.3', '22bb0a9e-ef61-48e8-b82d-0fc1207663bd', '{"connect": {"socket": {}, "session": {}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:05:06+00:00"}, "thingId": "22bb0a9e-ef61-48e8-b82d-0fc1207663bd", "disconnect": {"socket": {}, "session": {}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:05:36+00:00", "reportedReason": "CONNECTION_LOST"}}', '2026-11-26 01:05:28.395756+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 2);
INSERT INTO connectivity.mt_doc_record_g3 VALUES ('111122223333.us-east-1.3', 'fe835b66-b5b4-4c3c-8df0-2f1103db705d', '{"connect": {"socket": {}, "session": {}, "clientId": "pump-unknown", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:06+00:00"}, "thingId": "fe835b66-b5b4-4c3c-8df0-2f1103db705d"}', '2026-11-26 01:05:28.395756+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 1);



INSERT INTO connectivity.mt_doc_record_g4 VALUES ('111122223333.us-east-1.4', '22bb0a9e-ef61-48e8-b82d-0fc1207663bd', '{"connect": {"socket": {}, "session": {}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:06+00:00"}, "thingId": "22bb0a9e-ef61-48e8-b82d-0fc1207663bd", "disconnect": {"socket": {}, "session": {}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:36+00:00", "reportedReason": "THROTTLED"}}', '2026-11-26 01:05:31.404375+00', 'Connectivity.Domain.Lifecycle.ConnectivityRecord', 2);









INSERT INTO connectivity.mt_events_g2 VALUES (1, '0dd63905-c494-515b-2665-3c44210af722', 'eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f', 1, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 33868, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 45}, "clientId": "lamp-ended", "connection": {"source": "gateway", "versionNumber": 1795655110126, "sessionIdentifier": "17c6f59de11e4c509c9301440ef70b3e"}, "occurredAt": "2026-11-26T01:05:10.126+00:00", "principalIdentifier": "password-019f80c01b7eb142"}', NULL, 'thing_connected', '2026-11-26 01:05:10.168907+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (2, '6c04e100-1872-e0a3-0ba0-6a5bfaa86996', 'eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f', 2, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 33868, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 45}, "clientId": "lamp-ended", "connection": {"source": "gateway", "versionNumber": 1795655110126, "sessionIdentifier": "17c6f59de11e4c509c9301440ef70b3e"}, "occurredAt": "2026-11-26T01:05:10.265+00:00", "reportedReason": "CLIENT_INITIATED_DISCONNECT", "clientInitiated": true, "principalIdentifier": "password-019f80c01b7eb142"}', NULL, 'thing_disconnected', '2026-11-26 01:05:10.270294+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (3, '57935820-b22e-fe03-fd02-586742dd8746', 'eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f', 3, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 33872, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 60}, "clientId": "lamp-ended", "connection": {"source": "gateway", "versionNumber": 1795655110480, "sessionIdentifier": "aae13dee8c934638bcd62f9d306ab4da"}, "occurredAt": "2026-11-26T01:05:10.48+00:00", "principalIdentifier": "password-019f80c01b7eb142"}', NULL, 'thing_connected', '2026-11-26 01:05:10.483189+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (4, 'a36e585b-0e9f-12aa-459e-4f1d23ae5646', 'eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f', 4, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 33872, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 60}, "clientId": "lamp-ended", "connection": {"source": "gateway", "versionNumber": 1795655110480, "sessionIdentifier": "aae13dee8c934638bcd62f9d306ab4da"}, "occurredAt": "2026-11-26T01:05:10.604+00:00", "reportedReason": "CONNECTION_LOST", "clientInitiated": false, "principalIdentifier": "password-019f80c01b7eb142"}', NULL, 'thing_disconnected', '2026-11-26 01:05:10.619172+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (5, '1a409092-ff24-c476-63ed-759d94b68931', 'eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f', 5, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 33886, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 5}, "clientId": "lamp-ended", "connection": {"source": "gateway", "versionNumber": 1795655110682, "sessionIdentifier": "1722a0e8d59b4ad8a8fd8f16c73d1f69"}, "occurredAt": "2026-11-26T01:05:10.682+00:00", "principalIdentifier": "password-019f80c01b7eb142"}', NULL, 'thing_connected', '2026-11-26 01:05:10.683332+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (6, '45c36457-5af3-3c1c-1058-dc83ad532ec3', 'eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f', 6, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 33886, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 5}, "clientId": "lamp-ended", "connection": {"source": "gateway", "versionNumber": 1795655110682, "sessionIdentifier": "1722a0e8d59b4ad8a8fd8f16c73d1f69"}, "occurredAt": "2026-11-26T01:05:18.331+00:00", "reportedReason": "MQTT_KEEP_ALIVE_TIMEOUT", "clientInitiated": false, "principalIdentifier": "password-019f80c01b7eb142"}', NULL, 'thing_disconnected', '2026-11-26 01:05:18.336786+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (7, '29b2e11e-30ad-d04b-b47c-b6c338c0ad63', '1b709446-5cd5-4b74-9fec-89b2b3707941', 1, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 40820, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 60}, "clientId": "lamp-taken-over", "connection": {"source": "gateway", "versionNumber": 1795655118476, "sessionIdentifier": "7528c09fc7ea480ead8113b0093978b8"}, "occurredAt": "2026-11-26T01:05:18.476+00:00", "principalIdentifier": "password-552e0598bf757a6a"}', NULL, 'thing_connected', '2026-11-26 01:05:18.478147+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (8, '45438e98-c7c7-3e52-dd8d-fc3ca7893158', '1b709446-5cd5-4b74-9fec-89b2b3707941', 2, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 40830, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 90}, "clientId": "lamp-taken-over", "connection": {"source": "gateway", "versionNumber": 1795655118627, "sessionIdentifier": "8b3a0cc5ddd34b57bd1cbf3014d59675"}, "occurredAt": "2026-11-26T01:05:18.627+00:00", "principalIdentifier": "password-552e0598bf757a6a"}', NULL, 'thing_connected', '2026-11-26 01:05:18.631114+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (9, 'be8a4524-97b9-360a-992b-0896a4e506d8', '1b709446-5cd5-4b74-9fec-89b2b3707941', 3, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 40820, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 60}, "clientId": "lamp-taken-over", "connection": {"source": "gateway", "versionNumber": 1795655118476, "sessionIdentifier": "7528c09fc7ea480ead8113b0093978b8"}, "occurredAt": "2026-11-26T01:05:18.625+00:00", "reportedReason": "DUPLICATE_CLIENTID", "clientInitiated": false, "principalIdentifier": "password-552e0598bf757a6a"}', NULL, 'thing_disconnected', '2026-11-26 01:05:18.631114+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (10, 'ca42d4a8-30bd-1819-7bd1-f68a54738c99', '1b709446-5cd5-4b74-9fec-89b2b3707941', 4, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 40830, "targetPort": 40017}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 90}, "clientId": "lamp-taken-over", "connection": {"source": "gateway", "versionNumber": 1795655118627, "sessionIdentifier": "8b3a0cc5ddd34b57bd1cbf3014d59675"}, "occurredAt": "2026-11-26T01:05:18.768+00:00", "reportedReason": "CLIENT_INITIATED_DISCONNECT", "clientInitiated": true, "principalIdentifier": "password-552e0598bf757a6a"}', NULL, 'thing_disconnected', '2026-11-26 01:05:18.770162+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (11, 'cea8819c-5dec-7586-b93b-2a8e999aa013', '7a290628-5fee-4173-a434-4de216f48b73', 1, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 40846, "targetPort": 40017}, "session": {"cleanSession": false, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "lamp-restarted", "connection": {"source": "gateway", "versionNumber": 1795655118815, "sessionIdentifier": "4b9547e051ba4dce95c598fa1885e7bc"}, "occurredAt": "2026-11-26T01:05:18.815+00:00", "principalIdentifier": "password-df5c85309748f77b"}', NULL, 'thing_connected', '2026-11-26 01:05:18.817997+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (12, '755c6bba-f30f-19f6-57e3-e465ab171652', '7a290628-5fee-4173-a434-4de216f48b73', 2, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 40846, "targetPort": 40017}, "session": {"cleanSession": false, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "lamp-restarted", "connection": {"source": "gateway", "versionNumber": 1795655118815, "sessionIdentifier": "4b9547e051ba4dce95c598fa1885e7bc"}, "occurredAt": "2026-11-26T01:05:18.954+00:00", "reportedReason": "SERVER_INITIATED_DISCONNECT", "clientInitiated": false, "principalIdentifier": "password-df5c85309748f77b"}', NULL, 'thing_disconnected', '2026-11-26 01:05:18.955431+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (13, 'c4b92987-2d0d-8183-cd76-86ffdc0d1e6a', 'f3726f79-177e-45dd-8560-69e07890f3ec', 1, '{"socket": {}, "session": {}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:24.248978+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (14, 'aadae629-c2d0-14cd-fb83-6ff45bef6e0d', 'f3726f79-177e-45dd-8560-69e07890f3ec', 2, '{"socket": {}, "session": {}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:14:06+00:00", "reportedReason": "CONNECTION_LOST"}', NULL, 'thing_disconnected', '2026-11-26 01:05:24.248978+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (15, '32483284-d127-2798-0f19-5b7d0f2671ee', 'f3726f79-177e-45dd-8560-69e07890f3ec', 3, '{"socket": {"sourceIp": "192.0.2.7", "targetIp": "198.51.100.9", "sourcePort": 50123, "targetPort": 8883, "vpcEndpointId": "vpce-0123456789"}, "session": {"cleanSession": true, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 2, "sessionIdentifier": "session-2"}, "occurredAt": "2026-11-25T23:24:06+00:00", "principalIdentifier": "principal-1"}', NULL, 'thing_connected', '2026-11-26 01:05:24.248978+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (16, 'b27f9c0e-56f7-992e-0f68-cf22882efd92', 'ec0863fb-6d19-4ab8-90f5-4c5c1a7be52e', 1, '{"socket": {"sourceIp": "192.0.2.7", "targetIp": "198.51.100.9", "sourcePort": 50123, "targetPort": 8883, "vpcEndpointId": "vpce-0123456789"}, "session": {"cleanSession": true, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "pump-lost", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:05:46+00:00", "principalIdentifier": "principal-1"}', NULL, 'thing_connected', '2026-11-26 01:05:24.248978+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (17, 'c1e8d6a5-d380-7b0f-3e0d-bc9e20e1f612', 'ec0863fb-6d19-4ab8-90f5-4c5c1a7be52e', 2, '{"socket": {}, "session": {}, "clientId": "pump-lost", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:35:46+00:00", "reportedReason": "CONNECTION_LOST"}', NULL, 'thing_disconnected', '2026-11-26 01:05:24.248978+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (18, '14769831-ba95-1ec8-1edc-a426e818b683', '40391126-8fa8-4bd5-b2de-765a2c740e63', 1, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:05:46+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (19, '07ba1f12-1859-63f8-5d8d-8bba9b13b66a', '40391126-8fa8-4bd5-b2de-765a2c740e63', 2, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:06:36+00:00", "reportedReason": "AUTH_ERROR"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (20, 'e998bf54-8bbc-60a1-464e-6788678f9f74', '40391126-8fa8-4bd5-b2de-765a2c740e63', 3, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 2, "sessionIdentifier": "session-2"}, "occurredAt": "2026-11-25T23:07:26+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (21, 'a8cb62b1-a174-9df6-4fc5-e00c94f17f65', '40391126-8fa8-4bd5-b2de-765a2c740e63', 4, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 2, "sessionIdentifier": "session-2"}, "occurredAt": "2026-11-25T23:08:16+00:00", "reportedReason": "CLIENT_ERROR"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (22, '3f678a8c-7ff0-5683-3d6a-8cd950fe6199', '40391126-8fa8-4bd5-b2de-765a2c740e63', 5, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 3, "sessionIdentifier": "session-3"}, "occurredAt": "2026-11-25T23:09:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (23, '2b566fb0-8029-6124-e05d-f957a20596b5', '40391126-8fa8-4bd5-b2de-765a2c740e63', 6, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 3, "sessionIdentifier": "session-3"}, "occurredAt": "2026-11-25T23:09:56+00:00", "reportedReason": "FORBIDDEN_ACCESS"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (24, '8f51fe22-07bb-83a9-5d82-316e443bf2a3', '40391126-8fa8-4bd5-b2de-765a2c740e63', 7, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 4, "sessionIdentifier": "session-4"}, "occurredAt": "2026-11-25T23:10:46+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (25, 'a9256269-9435-ffcc-af6b-602a8f8193c4', '40391126-8fa8-4bd5-b2de-765a2c740e63', 8, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 4, "sessionIdentifier": "session-4"}, "occurredAt": "2026-11-25T23:11:36+00:00", "reportedReason": "MQTT_KEEP_ALIVE_TIMEOUT"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (26, 'b04a6ba5-b2b4-88b4-9cf9-27960c92c76e', '40391126-8fa8-4bd5-b2de-765a2c740e63', 9, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 5, "sessionIdentifier": "session-5"}, "occurredAt": "2026-11-25T23:12:26+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (27, '5b693d25-3740-98e2-ce12-bfda2677477d', '40391126-8fa8-4bd5-b2de-765a2c740e63', 10, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 5, "sessionIdentifier": "session-5"}, "occurredAt": "2026-11-25T23:13:16+00:00", "reportedReason": "SERVER_ERROR"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (28, '636f128c-0e1d-4575-befd-db55e63d5212', '40391126-8fa8-4bd5-b2de-765a2c740e63', 11, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 6, "sessionIdentifier": "session-6"}, "occurredAt": "2026-11-25T23:14:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (29, '4ddccc4f-1f49-3231-6158-089c8229509a', '40391126-8fa8-4bd5-b2de-765a2c740e63', 12, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 6, "sessionIdentifier": "session-6"}, "occurredAt": "2026-11-25T23:14:56+00:00", "reportedReason": "SERVER_INITIATED_DISCONNECT"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (30, 'b351b71a-41e5-c2e2-4267-b8e7a92a0d1f', '40391126-8fa8-4bd5-b2de-765a2c740e63', 13, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 7, "sessionIdentifier": "session-7"}, "occurredAt": "2026-11-25T23:15:46+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (31, 'e9f5c0c2-a225-3036-1cca-2cb463d15d9e', '40391126-8fa8-4bd5-b2de-765a2c740e63', 14, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 7, "sessionIdentifier": "session-7"}, "occurredAt": "2026-11-25T23:16:36+00:00", "reportedReason": "API_INITIATED_DISCONNECT"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (32, 'a1166610-4d8b-236b-13ef-76225cf70ace', '40391126-8fa8-4bd5-b2de-765a2c740e63', 15, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 8, "sessionIdentifier": "session-8"}, "occurredAt": "2026-11-25T23:17:26+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (33, '563d2477-c84b-f533-503c-733511aff62c', '40391126-8fa8-4bd5-b2de-765a2c740e63', 16, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 8, "sessionIdentifier": "session-8"}, "occurredAt": "2026-11-25T23:18:16+00:00", "reportedReason": "THROTTLED"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (34, '33df7db7-d7cf-7b30-2684-65600aaaea9e', '40391126-8fa8-4bd5-b2de-765a2c740e63', 17, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 9, "sessionIdentifier": "session-9"}, "occurredAt": "2026-11-25T23:19:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (35, '0fe1cb06-f7fa-4b47-56ac-94d01201f75f', '40391126-8fa8-4bd5-b2de-765a2c740e63', 18, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 9, "sessionIdentifier": "session-9"}, "occurredAt": "2026-11-25T23:19:56+00:00", "reportedReason": "WEBSOCKET_TTL_EXPIRATION"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (36, '09b533fa-2655-40ad-42ce-16f406df5663', '40391126-8fa8-4bd5-b2de-765a2c740e63', 19, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 10, "sessionIdentifier": "session-10"}, "occurredAt": "2026-11-25T23:20:46+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (37, '57c3b62a-93a2-bf5b-ab38-e6ba5b4f52c4', '40391126-8fa8-4bd5-b2de-765a2c740e63', 20, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 10, "sessionIdentifier": "session-10"}, "occurredAt": "2026-11-25T23:21:36+00:00", "reportedReason": "CUSTOMAUTH_TTL_EXPIRATION"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (38, '8a1829f7-148f-7ac6-adc5-bc434adec8c7', '40391126-8fa8-4bd5-b2de-765a2c740e63', 21, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 11, "sessionIdentifier": "session-11"}, "occurredAt": "2026-11-25T23:22:26+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (39, '091317a5-c82d-c0a4-0e06-1360caf88d86', '40391126-8fa8-4bd5-b2de-765a2c740e63', 22, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 11, "sessionIdentifier": "session-11"}, "occurredAt": "2026-11-25T23:23:16+00:00", "reportedReason": "DUPLICATE_CLIENTID"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (40, '1b08e855-f4b2-d9a7-2118-674b822cc875', '40391126-8fa8-4bd5-b2de-765a2c740e63', 23, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 12, "sessionIdentifier": "session-12"}, "occurredAt": "2026-11-25T23:24:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (41, '68c08622-517e-e588-d94e-7d507f84648d', '40391126-8fa8-4bd5-b2de-765a2c740e63', 24, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 12, "sessionIdentifier": "session-12"}, "occurredAt": "2026-11-25T23:24:56+00:00", "reportedReason": "CONNECTION_LOST"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (42, '9729c78e-64ee-c53a-e9a2-3ced6ea1820d', '40391126-8fa8-4bd5-b2de-765a2c740e63', 25, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 13, "sessionIdentifier": "session-13"}, "occurredAt": "2026-11-25T23:25:46+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (43, '2c988c28-2fab-bb6f-e208-388b4a426eea', '40391126-8fa8-4bd5-b2de-765a2c740e63', 26, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 13, "sessionIdentifier": "session-13"}, "occurredAt": "2026-11-25T23:26:36+00:00", "reportedReason": "UNKNOWN"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (44, 'e58eb0e5-bce5-51c4-571d-5ecbe11d5238', '40391126-8fa8-4bd5-b2de-765a2c740e63', 27, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 14, "sessionIdentifier": "session-14"}, "occurredAt": "2026-11-25T23:27:26+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (45, 'a8677d89-71fe-d375-b77e-5c4d6feb0f18', '40391126-8fa8-4bd5-b2de-765a2c740e63', 28, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 14, "sessionIdentifier": "session-14"}, "occurredAt": "2026-11-25T23:28:16+00:00", "reportedReason": "A_REASON_OF_LATER_TIMES"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (46, 'd3b67a2a-5daa-6c25-f440-fe7cfaa499eb', '40391126-8fa8-4bd5-b2de-765a2c740e63', 29, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 15, "sessionIdentifier": "session-15"}, "occurredAt": "2026-11-25T23:29:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (47, 'effbb38f-0f5f-c0d0-70ba-41736611d466', '40391126-8fa8-4bd5-b2de-765a2c740e63', 30, '{"socket": {}, "session": {}, "clientId": "pump-reasons", "connection": {"source": "http", "versionNumber": 15, "sessionIdentifier": "session-15"}, "occurredAt": "2026-11-25T23:29:56+00:00", "reportedReason": "CLIENT_INITIATED_DISCONNECT"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.520283+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (48, 'c4bcdf3f-8005-1add-231e-462cbf37b859', '6dd3d89e-1bd2-4725-9683-0d382f02538e', 1, '{"socket": {}, "session": {}, "clientId": "pump-late", "connection": {"source": "http", "versionNumber": 2, "sessionIdentifier": "session-2"}, "occurredAt": "2026-11-25T23:24:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.734057+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (49, '472fc2cd-e1eb-9324-68f0-c334eb1e1423', '6dd3d89e-1bd2-4725-9683-0d382f02538e', 2, '{"socket": {}, "session": {}, "clientId": "pump-late", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.734057+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (50, '22cd15f5-12f4-1f51-6d0a-eba46a40ffc8', '6dd3d89e-1bd2-4725-9683-0d382f02538e', 3, '{"socket": {}, "session": {}, "clientId": "pump-late", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:24:16+00:00", "reportedReason": "DUPLICATE_CLIENTID"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.734057+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (51, '2956d687-65fc-7232-2998-ffe7d580cf34', 'bc8d9709-3912-4201-be76-a3e0c725ead9', 1, '{"socket": {}, "session": {}, "clientId": "pump-takeover", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.869837+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (52, '197f4cdb-acdc-6c6f-f25a-3ff341ece269', 'bc8d9709-3912-4201-be76-a3e0c725ead9', 2, '{"socket": {}, "session": {}, "clientId": "pump-takeover", "connection": {"source": "http", "versionNumber": 2, "sessionIdentifier": "session-2"}, "occurredAt": "2026-11-25T23:09:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:26.869837+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (53, 'c1b5f6eb-227c-7ec9-a45a-f8c7f3ecab6b', 'bc8d9709-3912-4201-be76-a3e0c725ead9', 3, '{"socket": {}, "session": {}, "clientId": "pump-takeover", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:09:07+00:00", "reportedReason": "DUPLICATE_CLIENTID"}', NULL, 'thing_disconnected', '2026-11-26 01:05:26.869837+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (56, '4c2e9455-aa47-bfe1-d286-e384eef5a1ee', 'f2a5cd52-18ff-4f48-aba5-e0a9f94d8a74', 1, '{"socket": {}, "session": {}, "clientId": "pump-sources", "connection": {"source": "broker-1", "versionNumber": 7, "sessionIdentifier": "session-7"}, "occurredAt": "2026-11-25T23:04:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:27.280421+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (57, 'e02e5fbb-2752-66d5-a1c7-a3f81172bd68', 'f2a5cd52-18ff-4f48-aba5-e0a9f94d8a74', 2, '{"socket": {}, "session": {}, "clientId": "pump-sources", "connection": {"source": "broker-2", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:14:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:27.280421+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (58, '7ba24b06-3828-0af5-0ad1-7f67702b48db', 'b6536624-5c43-4978-aa88-15aa90518761', 1, '{"socket": {"sourceIp": "192.0.2.7", "targetIp": "198.51.100.9", "sourcePort": 50123, "targetPort": 8883, "vpcEndpointId": "vpce-0123456789"}, "session": {"cleanSession": true, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "pump-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-end", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:06+00:00", "principalIdentifier": "principal-1"}', NULL, 'thing_connected', '2026-11-26 01:05:27.389969+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (59, '92f7b6c2-81f1-af1a-9d79-fc9693431f90', 'b6536624-5c43-4978-aa88-15aa90518761', 2, '{"socket": {}, "session": {}, "clientId": "pump-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-end", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:11+00:00", "reportedReason": "CLIENT_ERROR"}', NULL, 'thing_disconnected', '2026-11-26 01:05:27.389969+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (63, '3d85de4b-c6db-8967-57d0-2092fea45f65', '1423841a-0065-4cd2-9413-a819b356c30a', 1, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 56398, "targetPort": 40759}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 60}, "clientId": "lamp-orphaned", "connection": {"source": "gateway", "versionNumber": 1795655142316, "sessionIdentifier": "d8e4154979d249809b0f8604778a30f8"}, "occurredAt": "2026-11-26T01:05:42.316+00:00", "principalIdentifier": "password-39aac12dab48ec29"}', NULL, 'thing_connected', '2026-11-26 01:05:42.344692+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (54, '24c803db-19e5-dda4-ee98-1dec3375e238', 'cea72555-37ee-404f-a431-4a93eb508625', 1, '{"socket": {}, "session": {}, "clientId": "pump-overtaken", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:19:06+00:00", "reportedReason": "CLIENT_INITIATED_DISCONNECT"}', NULL, 'thing_disconnected', '2026-11-26 01:05:27.03309+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (55, 'da2c1aa0-2c47-5cdd-4f1b-c667ee7e2dd2', 'cea72555-37ee-404f-a431-4a93eb508625', 2, '{"socket": {"sourceIp": "192.0.2.7", "targetIp": "198.51.100.9", "sourcePort": 50123, "targetPort": 8883, "vpcEndpointId": "vpce-0123456789"}, "session": {"cleanSession": true, "sessionExpiry": 3600, "keepAliveDuration": 60}, "clientId": "pump-overtaken", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:09:06+00:00", "principalIdentifier": "principal-1"}', NULL, 'thing_connected', '2026-11-26 01:05:27.03309+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (60, '38a79812-e3f8-c5ee-23bd-7e130c6f2493', '6dd3d89e-1bd2-4725-9683-0d382f02538e', 4, '{"socket": {}, "session": {}, "clientId": "pump-late", "connection": {"source": "http", "versionNumber": 3, "sessionIdentifier": "session-3"}, "occurredAt": "2026-11-25T23:44:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:27.498557+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (64, 'ffe86bb9-4d0b-b27c-1831-5023573a525d', 'bcb2d0fd-8d87-4ea1-9544-47a664b86d0c', 1, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 56406, "targetPort": 40759}, "session": {"cleanSession": false, "sessionExpiry": 120, "keepAliveDuration": 30}, "clientId": "lamp-orphaned-5", "connection": {"source": "gateway", "versionNumber": 1795655142488, "sessionIdentifier": "99b86541228c4e648d44e1c8a2e3c1ec"}, "occurredAt": "2026-11-26T01:05:42.488+00:00", "principalIdentifier": "password-c939ecae0a0a5c0a"}', NULL, 'thing_connected', '2026-11-26 01:05:42.493853+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g2 VALUES (65, '4ceb5fe8-7cd2-9dcf-150b-854f13d45183', '907b45f6-7a3d-4ee5-a444-147a55bf4415', 1, '{"socket": {"sourceIp": "127.0.0.1", "targetIp": "127.0.0.1", "sourcePort": 56418, "targetPort": 40759}, "session": {"cleanSession": true, "sessionExpiry": 0, "keepAliveDuration": 60}, "clientId": "lamp-end-spilled", "connection": {"source": "gateway", "versionNumber": 1795655142660, "sessionIdentifier": "d05ff8f098bc4180b924b38d092d1a0e"}, "occurredAt": "2026-11-26T01:05:42.66+00:00", "principalIdentifier": "password-15e9569a5f80058e"}', NULL, 'thing_connected', '2026-11-26 01:05:42.661305+00', '000000000000.us-east-1.2', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);



INSERT INTO connectivity.mt_events_g3 VALUES (1, '472c2770-4247-0859-7fc6-070232d1a7f7', '22bb0a9e-ef61-48e8-b82d-0fc1207663bd', 1, '{"socket": {}, "session": {}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:05:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:28.395756+00', '111122223333.us-east-1.3', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g3 VALUES (2, '7cf93edc-3611-3d7e-b5c3-41c0a30ddbc3', '22bb0a9e-ef61-48e8-b82d-0fc1207663bd', 2, '{"socket": {}, "session": {}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:05:36+00:00", "reportedReason": "CONNECTION_LOST"}', NULL, 'thing_disconnected', '2026-11-26 01:05:28.395756+00', '111122223333.us-east-1.3', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g3 VALUES (3, 'c4f8135c-cc27-5187-8705-de9bed910d7c', 'fe835b66-b5b4-4c3c-8df0-2f1103db705d', 1, '{"socket": {}, "session": {}, "clientId": "pump-unknown", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:28.395756+00', '111122223333.us-east-1.3', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);



INSERT INTO connectivity.mt_events_g4 VALUES (1, '05c36e71-051c-e1d1-bce7-db306d1d4e5f', '22bb0a9e-ef61-48e8-b82d-0fc1207663bd', 1, '{"socket": {}, "session": {}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:06+00:00"}', NULL, 'thing_connected', '2026-11-26 01:05:31.404375+00', '111122223333.us-east-1.4', 'Connectivity.Domain.Lifecycle.ThingConnected, Connectivity.Domain', false);
INSERT INTO connectivity.mt_events_g4 VALUES (2, '6bc4ef95-7a7b-a402-352d-c292c62c9362', '22bb0a9e-ef61-48e8-b82d-0fc1207663bd', 2, '{"socket": {}, "session": {}, "clientId": "pump-connected", "connection": {"source": "http", "versionNumber": 1, "sessionIdentifier": "session-1"}, "occurredAt": "2026-11-25T23:04:36+00:00", "reportedReason": "THROTTLED"}', NULL, 'thing_disconnected', '2026-11-26 01:05:31.404375+00', '111122223333.us-east-1.4', 'Connectivity.Domain.Lifecycle.ThingDisconnected, Connectivity.Domain', false);






INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', 'eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f', NULL, 6, '2026-11-26 01:05:18.336786+00', '2026-11-26 01:05:10.168907+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', '1b709446-5cd5-4b74-9fec-89b2b3707941', NULL, 4, '2026-11-26 01:05:18.770162+00', '2026-11-26 01:05:18.478147+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', '7a290628-5fee-4173-a434-4de216f48b73', NULL, 2, '2026-11-26 01:05:18.955431+00', '2026-11-26 01:05:18.817997+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', 'f3726f79-177e-45dd-8560-69e07890f3ec', NULL, 3, '2026-11-26 01:05:24.248978+00', '2026-11-26 01:05:24.248978+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', 'ec0863fb-6d19-4ab8-90f5-4c5c1a7be52e', NULL, 2, '2026-11-26 01:05:24.248978+00', '2026-11-26 01:05:24.248978+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', '40391126-8fa8-4bd5-b2de-765a2c740e63', NULL, 30, '2026-11-26 01:05:26.520283+00', '2026-11-26 01:05:26.520283+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', 'bc8d9709-3912-4201-be76-a3e0c725ead9', NULL, 3, '2026-11-26 01:05:26.869837+00', '2026-11-26 01:05:26.869837+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', 'cea72555-37ee-404f-a431-4a93eb508625', NULL, 2, '2026-11-26 01:05:27.03309+00', '2026-11-26 01:05:27.03309+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', 'f2a5cd52-18ff-4f48-aba5-e0a9f94d8a74', NULL, 2, '2026-11-26 01:05:27.280421+00', '2026-11-26 01:05:27.280421+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', 'b6536624-5c43-4978-aa88-15aa90518761', NULL, 2, '2026-11-26 01:05:27.389969+00', '2026-11-26 01:05:27.389969+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', '6dd3d89e-1bd2-4725-9683-0d382f02538e', NULL, 4, '2026-11-26 01:05:27.498557+00', '2026-11-26 01:05:26.734057+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', '1423841a-0065-4cd2-9413-a819b356c30a', NULL, 1, '2026-11-26 01:05:42.344692+00', '2026-11-26 01:05:42.344692+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', 'bcb2d0fd-8d87-4ea1-9544-47a664b86d0c', NULL, 1, '2026-11-26 01:05:42.493853+00', '2026-11-26 01:05:42.493853+00', 0, false);
INSERT INTO connectivity.mt_streams_g2 VALUES ('000000000000.us-east-1.2', '907b45f6-7a3d-4ee5-a444-147a55bf4415', NULL, 1, '2026-11-26 01:05:42.661305+00', '2026-11-26 01:05:42.661305+00', 0, false);



INSERT INTO connectivity.mt_streams_g3 VALUES ('111122223333.us-east-1.3', '22bb0a9e-ef61-48e8-b82d-0fc1207663bd', NULL, 2, '2026-11-26 01:05:28.395756+00', '2026-11-26 01:05:28.395756+00', 0, false);
INSERT INTO connectivity.mt_streams_g3 VALUES ('111122223333.us-east-1.3', 'fe835b66-b5b4-4c3c-8df0-2f1103db705d', NULL, 1, '2026-11-26 01:05:28.395756+00', '2026-11-26 01:05:28.395756+00', 0, false);



INSERT INTO connectivity.mt_streams_g4 VALUES ('111122223333.us-east-1.4', '22bb0a9e-ef61-48e8-b82d-0fc1207663bd', NULL, 2, '2026-11-26 01:05:31.404375+00', '2026-11-26 01:05:31.404375+00', 0, false);



INSERT INTO connectivity.mt_tenant_partitions VALUES ('000000000000.us-east-1.2', 'g2');
INSERT INTO connectivity.mt_tenant_partitions VALUES ('111122223333.us-east-1.3', 'g3');
INSERT INTO connectivity.mt_tenant_partitions VALUES ('111122223333.us-east-1.4', 'g4');



INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'pump-connected', 'f3726f79-177e-45dd-8560-69e07890f3ec', '{}', 1, '2026-11-26 01:04:57.109905+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'pump-lost', 'ec0863fb-6d19-4ab8-90f5-4c5c1a7be52e', '{}', 1, '2026-11-26 01:04:57.153231+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'lamp-ended', 'eb06f9c7-c3ea-48a9-9c6d-b9b85598fc6f', '{"site": "north-1"}', 1, '2026-11-26 01:04:57.955433+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'lamp-taken-over', '1b709446-5cd5-4b74-9fec-89b2b3707941', '{}', 1, '2026-11-26 01:05:00.021435+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'lamp-restarted', '7a290628-5fee-4173-a434-4de216f48b73', '{}', 1, '2026-11-26 01:05:01.651848+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'lamp-orphaned', '1423841a-0065-4cd2-9413-a819b356c30a', '{}', 1, '2026-11-26 01:05:03.127997+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'lamp-orphaned-5', 'bcb2d0fd-8d87-4ea1-9544-47a664b86d0c', '{}', 1, '2026-11-26 01:05:04.411366+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'lamp-spilled', 'b0d649db-32a8-438f-bac9-30c4b5f51fd3', '{}', 1, '2026-11-26 01:05:06.056761+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'lamp-end-spilled', '907b45f6-7a3d-4ee5-a444-147a55bf4415', '{}', 1, '2026-11-26 01:05:07.38614+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'lamp-visit-spilled', '63d38f34-e83c-4773-a707-093d1319e16e', '{}', 1, '2026-11-26 01:05:08.658364+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'pump-reasons', '40391126-8fa8-4bd5-b2de-765a2c740e63', '{}', 1, '2026-11-26 01:05:23.477012+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'pump-late', '6dd3d89e-1bd2-4725-9683-0d382f02538e', '{}', 1, '2026-11-26 01:05:23.544005+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'pump-takeover', 'bc8d9709-3912-4201-be76-a3e0c725ead9', '{}', 1, '2026-11-26 01:05:23.592722+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'pump-overtaken', 'cea72555-37ee-404f-a431-4a93eb508625', '{}', 1, '2026-11-26 01:05:23.64012+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'pump-sources', 'f2a5cd52-18ff-4f48-aba5-e0a9f94d8a74', '{}', 1, '2026-11-26 01:05:23.676431+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'pump-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-end', 'b6536624-5c43-4978-aa88-15aa90518761', '{}', 1, '2026-11-26 01:05:23.747138+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'pump-unknown', '68eedbd1-9ddf-4f8b-ac9d-3b9e38d0c3b8', '{}', 1, '2026-11-26 01:05:23.789059+00', NULL);
INSERT INTO connectivity.things VALUES ('000000000000', 'us-east-1', 'pump-attributes', '648084d7-b978-483d-8555-4ddac507a08d', '{"site": "north-1", "floor": "3", "model": "P:200/b"}', 2, '2026-11-26 01:05:23.815072+00', NULL);
INSERT INTO connectivity.things VALUES ('111122223333', 'us-east-1', 'pump-connected', '22bb0a9e-ef61-48e8-b82d-0fc1207663bd', '{"site": "elsewhere"}', 1, '2026-11-26 01:05:28.189379+00', NULL);
INSERT INTO connectivity.things VALUES ('111122223333', 'us-east-1', 'pump-unknown', 'fe835b66-b5b4-4c3c-8df0-2f1103db705d', '{}', 1, '2026-11-26 01:05:28.224799+00', NULL);



INSERT INTO connectivity.throttle_buckets VALUES ('000000000000', 'Ingest', 19500, '2026-11-26 01:05:24.169828+00');
INSERT INTO connectivity.throttle_buckets VALUES ('111122223333', 'Registry', 1975, '2026-11-26 01:05:28.187564+00');
INSERT INTO connectivity.throttle_buckets VALUES ('111122223333', 'Ingest', 19500, '2026-11-26 01:05:28.392937+00');
INSERT INTO connectivity.throttle_buckets VALUES ('000000000000', 'GetThingConnectivityData', 2284, '2026-11-26 01:05:31.573053+00');
INSERT INTO connectivity.throttle_buckets VALUES ('000000000000', 'History', 395, '2026-11-26 01:05:40.698527+00');
INSERT INTO connectivity.throttle_buckets VALUES ('111122223333', 'GetThingConnectivityData', 683, '2026-11-26 01:05:41.121953+00');
INSERT INTO connectivity.throttle_buckets VALUES ('111122223333', 'History', 395, '2026-11-26 01:05:41.855135+00');
INSERT INTO connectivity.throttle_buckets VALUES ('000000000000', 'Registry', 1975, '2026-11-26 01:05:41.967677+00');
INSERT INTO connectivity.throttle_buckets VALUES ('000000000000', 'Indexing', 49, '2026-11-26 01:05:42.075052+00');
INSERT INTO connectivity.throttle_buckets VALUES ('111122223333', 'Indexing', 49, '2026-11-26 01:05:42.229185+00');



INSERT INTO connectivity.throttle_limits VALUES ('000000000000', 'GetThingConnectivityData', 1234, 2345);



INSERT INTO connectivity.user_policies VALUES ('000000000000', 'administrator', 'AdministratorAccess', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}');
INSERT INTO connectivity.user_policies VALUES ('000000000000', 'reader', 'pumps-only', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:GetThingConnectivityData",
    "Resource":"arn:aws:iot:us-east-1:000000000000:thing/pump-*"}]}
');
INSERT INTO connectivity.user_policies VALUES ('000000000000', 'former', 'pumps-only', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:GetThingConnectivityData",
    "Resource":"arn:aws:iot:us-east-1:000000000000:thing/pump-*"}]}
');
INSERT INTO connectivity.user_policies VALUES ('111122223333', 'operator', 'everything', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}
');



INSERT INTO connectivity.users VALUES ('000000000000', 'administrator', '2026-11-26 01:04:43.86797+00');
INSERT INTO connectivity.users VALUES ('000000000000', 'reader', '2026-11-26 01:04:46.257768+00');
INSERT INTO connectivity.users VALUES ('000000000000', 'former', '2026-11-26 01:04:49.390946+00');
INSERT INTO connectivity.users VALUES ('111122223333', 'operator', '2026-11-26 01:04:55.372213+00');















INSERT INTO wolverine.wolverine_incoming_envelopes VALUES ('08df4b59-4a1a-24cb-fa51-c220cb1e0000', 'Handled', 0, NULL, 0, '\xa5241a4a594bdf480a00000006736f7572636510436f6e6e65637469766974792e4170690c6d6573736167652d7479706526436f6e6e65637469766974792e4170692e50757267652e507572676547656e65726174696f6e097265706c792d757269106c6f63616c3a2f2f7265706c6965732f0c636f6e74656e742d74797065106170706c69636174696f6e2f6a736f6e0e636f7272656c6174696f6e2d69642035626661353164613862623830666530366236656139366565323732373136650f636f6e766572736174696f6e2d69642430386466346235392d346131612d323463622d666135312d6332323063623165303030300b64657374696e6174696f6e2f6c6f63616c3a2f2f636f6e6e65637469766974792e6170692e70757267652e707572676567656e65726174696f6e2f09706172656e742d69643730302d35626661353164613862623830666530366236656139366565323732373136652d656162383261666630393132613764372d30301661636365707465642d636f6e74656e742d7479706573106170706c69636174696f6e2f6a736f6e0269642430386466346235392d346131612d323463622d666135312d6332323063623165303030308d0000007b2267656e65726174696f6e223a7b226163636f756e74223a7b226964223a22303030303030303030303030222c22726567696f6e223a2275732d656173742d31227d2c226e756d626572223a312c2274656e616e744964223a223030303030303030303030302e75732d656173742d312e31222c22706172746974696f6e537566666978223a226731227d7d', 'Connectivity.Api.Purge.PurgeGeneration', 'local://connectivity.api.purge.purgegeneration/', '2026-11-26 01:09:57.865016+00');
INSERT INTO wolverine.wolverine_incoming_envelopes VALUES ('08df4b59-5cb0-c446-fa51-c220cb1e0000', 'Scheduled', 0, '2026-11-26 01:05:45.55096+00', 2, '\x12c4b05c594bdf480c00000006736f7572636510436f6e6e65637469766974792e4170690c6d6573736167652d7479706526436f6e6e65637469766974792e4170692e50757267652e507572676547656e65726174696f6e097265706c792d757269106c6f63616c3a2f2f7265706c6965732f0c636f6e74656e742d74797065106170706c69636174696f6e2f6a736f6e0e636f7272656c6174696f6e2d69642030343732323334353330626338363761383661386663646639626532386661610f636f6e766572736174696f6e2d69642430386466346235392d356362302d633434362d666135312d6332323063623165303030300b64657374696e6174696f6e2f6c6f63616c3a2f2f636f6e6e65637469766974792e6170692e70757267652e707572676567656e65726174696f6e2f09706172656e742d69643730302d30343732323334353330626338363761383661386663646639626532386661612d373363323731306230626635316663612d30301661636365707465642d636f6e74656e742d7479706573106170706c69636174696f6e2f6a736f6e0269642430386466346235392d356362302d633434362d666135312d6332323063623165303030300c74696d652d746f2d73656e641b323032362d31312d32365430313a30353a34352e3535303936303308617474656d70747301328d0000007b2267656e65726174696f6e223a7b226163636f756e74223a7b226964223a22313131313232323233333333222c22726567696f6e223a2275732d656173742d31227d2c226e756d626572223a332c2274656e616e744964223a223131313132323232333333332e75732d656173742d312e33222c22706172746974696f6e537566666978223a226733227d7d', 'Connectivity.Api.Purge.PurgeGeneration', 'local://connectivity.api.purge.purgegeneration/', NULL);



INSERT INTO wolverine.wolverine_node_assignments VALUES ('wolverine://leader/', '64143ba5-3ada-464a-b1b6-db036bd8921c', '2026-11-26 01:05:35.693526+00');
INSERT INTO wolverine.wolverine_node_assignments VALUES ('wolverinedb://postgresql//fixture/run/.data/postgres/connectivity/wolverine', '64143ba5-3ada-464a-b1b6-db036bd8921c', '2026-11-26 01:05:35.812874+00');



INSERT INTO wolverine.wolverine_node_records VALUES (1, 1, 'NodeStarted', '2026-11-26 01:04:44.502991+00', '');
INSERT INTO wolverine.wolverine_node_records VALUES (2, 1, 'LeadershipAssumed', '2026-11-26 01:04:57.720013+00', 'wolverine://leader/');
INSERT INTO wolverine.wolverine_node_records VALUES (3, 1, 'AssignmentChanged', '2026-11-26 01:04:57.720013+00', 'AssignAgent { AgentUri = wolverinedb://postgresql//fixture/run/.data/postgres/connectivity/wolverine, Destination = NodeDestination { NodeId = 2ea532e2-fb16-4812-9e9a-ce6544fa5150, ControlUri = dbcontrol://2ea532e2-fb16-4812-9e9a-ce6544fa5150/ }, DestinationNodeId = 2ea532e2-fb16-4812-9e9a-ce6544fa5150 }');
INSERT INTO wolverine.wolverine_node_records VALUES (4, 1, 'AgentStarted', '2026-11-26 01:04:57.720013+00', 'wolverinedb://postgresql//fixture/run/.data/postgres/connectivity/wolverine');
INSERT INTO wolverine.wolverine_node_records VALUES (5, 2, 'NodeStarted', '2026-11-26 01:05:22.882903+00', '');
INSERT INTO wolverine.wolverine_node_records VALUES (6, 2, 'LeadershipAssumed', '2026-11-26 01:05:35.964144+00', 'wolverine://leader/');
INSERT INTO wolverine.wolverine_node_records VALUES (7, 2, 'AssignmentChanged', '2026-11-26 01:05:35.964144+00', 'AssignAgent { AgentUri = wolverinedb://postgresql//fixture/run/.data/postgres/connectivity/wolverine, Destination = NodeDestination { NodeId = 64143ba5-3ada-464a-b1b6-db036bd8921c, ControlUri = dbcontrol://64143ba5-3ada-464a-b1b6-db036bd8921c/ }, DestinationNodeId = 64143ba5-3ada-464a-b1b6-db036bd8921c }');
INSERT INTO wolverine.wolverine_node_records VALUES (8, 2, 'AgentStarted', '2026-11-26 01:05:35.964144+00', 'wolverinedb://postgresql//fixture/run/.data/postgres/connectivity/wolverine');



INSERT INTO wolverine.wolverine_nodes VALUES ('64143ba5-3ada-464a-b1b6-db036bd8921c', 2, 'machine', 'dbcontrol://64143ba5-3ada-464a-b1b6-db036bd8921c/', '2026-11-26 01:05:22.45306+00', '2026-11-26 01:05:45.761694+00', '1.0.0.0', '{wolverine://durability-agents-enabled/}');






SELECT pg_catalog.setval('connectivity.generations', 4, true);



SELECT pg_catalog.setval('connectivity.mt_events_sequence', 1, false);



SELECT pg_catalog.setval('connectivity.mt_events_sequence_g2', 65, true);



SELECT pg_catalog.setval('connectivity.mt_events_sequence_g3', 3, true);



SELECT pg_catalog.setval('connectivity.mt_events_sequence_g4', 2, true);



SELECT pg_catalog.setval('wolverine.wolverine_node_records_id_seq', 8, true);



SELECT pg_catalog.setval('wolverine.wolverine_nodes_node_number_seq', 2, true);



ALTER TABLE ONLY connectivity.mt_doc_record
    ADD CONSTRAINT pkey_mt_doc_record_tenant_id_id PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY connectivity.mt_doc_record_g2
    ADD CONSTRAINT mt_doc_record_g2_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY connectivity.mt_doc_record_g3
    ADD CONSTRAINT mt_doc_record_g3_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY connectivity.mt_doc_record_g4
    ADD CONSTRAINT mt_doc_record_g4_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY connectivity.mt_events
    ADD CONSTRAINT pkey_mt_events_seq_id_tenant_id PRIMARY KEY (seq_id, tenant_id);



ALTER TABLE ONLY connectivity.mt_events_g2
    ADD CONSTRAINT mt_events_g2_pkey PRIMARY KEY (seq_id, tenant_id);



ALTER TABLE ONLY connectivity.mt_events_g3
    ADD CONSTRAINT mt_events_g3_pkey PRIMARY KEY (seq_id, tenant_id);



ALTER TABLE ONLY connectivity.mt_events_g4
    ADD CONSTRAINT mt_events_g4_pkey PRIMARY KEY (seq_id, tenant_id);



ALTER TABLE ONLY connectivity.mt_streams
    ADD CONSTRAINT pkey_mt_streams_tenant_id_id PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY connectivity.mt_streams_g2
    ADD CONSTRAINT mt_streams_g2_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY connectivity.mt_streams_g3
    ADD CONSTRAINT mt_streams_g3_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY connectivity.mt_streams_g4
    ADD CONSTRAINT mt_streams_g4_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY connectivity.mt_event_progression
    ADD CONSTRAINT pk_mt_event_progression PRIMARY KEY (name);



ALTER TABLE ONLY connectivity.access_keys
    ADD CONSTRAINT pkey_access_keys_access_key_id PRIMARY KEY (access_key_id);



ALTER TABLE ONLY connectivity.device_credentials
    ADD CONSTRAINT pkey_device_credentials_credential_id PRIMARY KEY (credential_id);



ALTER TABLE ONLY connectivity.former_things
    ADD CONSTRAINT pkey_former_things_account_region_name PRIMARY KEY (account, region, name);



ALTER TABLE ONLY connectivity.gateway_nodes
    ADD CONSTRAINT pkey_gateway_nodes_node_id PRIMARY KEY (node_id);



ALTER TABLE ONLY connectivity.gateway_sessions
    ADD CONSTRAINT pkey_gateway_sessions_account_region_client_id_node_id PRIMARY KEY (account, region, client_id, node_id);



ALTER TABLE ONLY connectivity.indexing
    ADD CONSTRAINT pkey_indexing_account_region PRIMARY KEY (account, region);



ALTER TABLE ONLY connectivity.mt_doc_deadletterevent
    ADD CONSTRAINT pkey_mt_doc_deadletterevent_id PRIMARY KEY (id);



ALTER TABLE ONLY connectivity.mt_event_projection_floors
    ADD CONSTRAINT pkey_mt_event_projection_floors_name_tenant_id PRIMARY KEY (name, tenant_id);



ALTER TABLE ONLY connectivity.mt_high_water_skips
    ADD CONSTRAINT pkey_mt_high_water_skips_ending_sequence PRIMARY KEY (ending_sequence);



ALTER TABLE ONLY connectivity.mt_tenant_partitions
    ADD CONSTRAINT pkey_mt_tenant_partitions_partition_value PRIMARY KEY (partition_value);



ALTER TABLE ONLY connectivity.things
    ADD CONSTRAINT pkey_things_account_region_name PRIMARY KEY (account, region, name);



ALTER TABLE ONLY connectivity.throttle_buckets
    ADD CONSTRAINT pkey_throttle_buckets_account_operations PRIMARY KEY (account, operations);



ALTER TABLE ONLY connectivity.throttle_limits
    ADD CONSTRAINT pkey_throttle_limits_account_operations PRIMARY KEY (account, operations);



ALTER TABLE ONLY connectivity.user_policies
    ADD CONSTRAINT pkey_user_policies_account_user_name_policy_name PRIMARY KEY (account, user_name, policy_name);



ALTER TABLE ONLY connectivity.users
    ADD CONSTRAINT pkey_users_account_name PRIMARY KEY (account, name);



ALTER TABLE ONLY wolverine.wolverine_agent_restrictions
    ADD CONSTRAINT pkey_wolverine_agent_restrictions_id PRIMARY KEY (id);



ALTER TABLE ONLY wolverine.wolverine_control_queue
    ADD CONSTRAINT pkey_wolverine_control_queue_id PRIMARY KEY (id);



ALTER TABLE ONLY wolverine.wolverine_dead_letter_history
    ADD CONSTRAINT pkey_wolverine_dead_letter_history_id PRIMARY KEY (id);



ALTER TABLE ONLY wolverine.wolverine_dead_letters
    ADD CONSTRAINT pkey_wolverine_dead_letters_id PRIMARY KEY (id);



ALTER TABLE ONLY wolverine.wolverine_incoming_envelopes
    ADD CONSTRAINT pkey_wolverine_incoming_envelopes_id PRIMARY KEY (id);



ALTER TABLE ONLY wolverine.wolverine_node_assignments
    ADD CONSTRAINT pkey_wolverine_node_assignments_id PRIMARY KEY (id);



ALTER TABLE ONLY wolverine.wolverine_node_records
    ADD CONSTRAINT pkey_wolverine_node_records_id PRIMARY KEY (id);



ALTER TABLE ONLY wolverine.wolverine_nodes
    ADD CONSTRAINT pkey_wolverine_nodes_id PRIMARY KEY (id);



ALTER TABLE ONLY wolverine.wolverine_outgoing_envelopes
    ADD CONSTRAINT pkey_wolverine_outgoing_envelopes_id PRIMARY KEY (id);



CREATE INDEX idx_device_credentials_thing_id ON connectivity.device_credentials USING btree (thing_id);



CREATE INDEX idx_former_things_deleted_at ON connectivity.former_things USING btree (deleted_at);



CREATE INDEX idx_gateway_sessions_node_id ON connectivity.gateway_sessions USING btree (node_id);



CREATE UNIQUE INDEX idx_mt_events_event_id ON ONLY connectivity.mt_events USING btree (id, tenant_id);



CREATE UNIQUE INDEX idx_things_thing_id ON connectivity.things USING btree (thing_id);



CREATE UNIQUE INDEX mt_events_g2_id_tenant_id_idx ON connectivity.mt_events_g2 USING btree (id, tenant_id);



CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON ONLY connectivity.mt_events USING btree (tenant_id, stream_id, version);



CREATE UNIQUE INDEX mt_events_g2_tenant_id_stream_id_version_idx ON connectivity.mt_events_g2 USING btree (tenant_id, stream_id, version);



CREATE UNIQUE INDEX mt_events_g3_id_tenant_id_idx ON connectivity.mt_events_g3 USING btree (id, tenant_id);



CREATE UNIQUE INDEX mt_events_g3_tenant_id_stream_id_version_idx ON connectivity.mt_events_g3 USING btree (tenant_id, stream_id, version);



CREATE UNIQUE INDEX mt_events_g4_id_tenant_id_idx ON connectivity.mt_events_g4 USING btree (id, tenant_id);



CREATE UNIQUE INDEX mt_events_g4_tenant_id_stream_id_version_idx ON connectivity.mt_events_g4 USING btree (tenant_id, stream_id, version);



CREATE INDEX idx_wolverine_dead_letter_history_last_replayed_at ON wolverine.wolverine_dead_letter_history USING btree (last_replayed_at);



CREATE INDEX idx_wolverine_dead_letters_failure_group ON wolverine.wolverine_dead_letters USING btree (failure_group);



CREATE INDEX idx_wolverine_dead_letters_replayable ON wolverine.wolverine_dead_letters USING btree (replayable) WHERE (replayable = true);



CREATE INDEX idx_wolverine_incoming_envelopes_keep_until ON wolverine.wolverine_incoming_envelopes USING btree (keep_until) WHERE ((status)::text = 'Handled'::text);



CREATE INDEX idx_wolverine_incoming_envelopes_owner ON wolverine.wolverine_incoming_envelopes USING btree (owner_id) WHERE (owner_id <> 0);



CREATE INDEX idx_wolverine_incoming_envelopes_recover ON wolverine.wolverine_incoming_envelopes USING btree (received_at) WHERE (((status)::text = 'Incoming'::text) AND (owner_id = 0));



CREATE INDEX idx_wolverine_incoming_envelopes_scheduled ON wolverine.wolverine_incoming_envelopes USING btree (execution_time) WHERE ((status)::text = 'Scheduled'::text);



CREATE INDEX idx_wolverine_outgoing_envelopes_owner ON wolverine.wolverine_outgoing_envelopes USING btree (owner_id) WHERE (owner_id <> 0);



CREATE INDEX idx_wolverine_outgoing_envelopes_recover ON wolverine.wolverine_outgoing_envelopes USING btree (destination) WHERE (owner_id = 0);



ALTER INDEX connectivity.pkey_mt_doc_record_tenant_id_id ATTACH PARTITION connectivity.mt_doc_record_g2_pkey;



ALTER INDEX connectivity.pkey_mt_doc_record_tenant_id_id ATTACH PARTITION connectivity.mt_doc_record_g3_pkey;



ALTER INDEX connectivity.pkey_mt_doc_record_tenant_id_id ATTACH PARTITION connectivity.mt_doc_record_g4_pkey;



ALTER INDEX connectivity.idx_mt_events_event_id ATTACH PARTITION connectivity.mt_events_g2_id_tenant_id_idx;



ALTER INDEX connectivity.pkey_mt_events_seq_id_tenant_id ATTACH PARTITION connectivity.mt_events_g2_pkey;



ALTER INDEX connectivity.pk_mt_events_stream_and_version ATTACH PARTITION connectivity.mt_events_g2_tenant_id_stream_id_version_idx;



ALTER INDEX connectivity.idx_mt_events_event_id ATTACH PARTITION connectivity.mt_events_g3_id_tenant_id_idx;



ALTER INDEX connectivity.pkey_mt_events_seq_id_tenant_id ATTACH PARTITION connectivity.mt_events_g3_pkey;



ALTER INDEX connectivity.pk_mt_events_stream_and_version ATTACH PARTITION connectivity.mt_events_g3_tenant_id_stream_id_version_idx;



ALTER INDEX connectivity.idx_mt_events_event_id ATTACH PARTITION connectivity.mt_events_g4_id_tenant_id_idx;



ALTER INDEX connectivity.pkey_mt_events_seq_id_tenant_id ATTACH PARTITION connectivity.mt_events_g4_pkey;



ALTER INDEX connectivity.pk_mt_events_stream_and_version ATTACH PARTITION connectivity.mt_events_g4_tenant_id_stream_id_version_idx;



ALTER INDEX connectivity.pkey_mt_streams_tenant_id_id ATTACH PARTITION connectivity.mt_streams_g2_pkey;



ALTER INDEX connectivity.pkey_mt_streams_tenant_id_id ATTACH PARTITION connectivity.mt_streams_g3_pkey;



ALTER INDEX connectivity.pkey_mt_streams_tenant_id_id ATTACH PARTITION connectivity.mt_streams_g4_pkey;



ALTER TABLE ONLY wolverine.wolverine_node_assignments
    ADD CONSTRAINT fkey_wolverine_node_assignments_node_id FOREIGN KEY (node_id) REFERENCES wolverine.wolverine_nodes(id) ON DELETE CASCADE;




