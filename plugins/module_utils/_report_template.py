# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report, as jinja2 reads it. Everything that is put in is escaped, but the drawings and the style."""

from __future__ import annotations

TEXT = """\
{% macro table(made) %}
<h3 id="{{ made.id }}">{{ made.table.caption }}</h3>
<table{% if made.table.crowded %} class="crowded"{% endif %} aria-labelledby="{{ made.id }}">
<thead><tr>{% for column in made.table.columns %}<th scope="col">{{ column }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in made.table.rows %}
<tr>
{% for cell in row %}
{% set column = made.table.columns[loop.index0] %}
{% if loop.first %}<th scope="row">{{ cell }}</th>{% else %}<td data-name="{{ column }}">{{ cell }}</td>{% endif %}

{% endfor %}
</tr>
{% endfor %}
</tbody>
</table>
{% endmacro %}
{% macro costs(overview, at) %}
{% for cell in overview.rows[at] %}<td{{ ' class="more"' | safe if loop.first != (at >= 0) else '' }} data-name="{{ overview.columns[loop.index0] }}">\
{{ cell or '-' }}</td>{% endfor %}
{% endmacro %}
{% macro badge(word, means, mark) %}<span class="badge {{ means }}"><span aria-hidden="true">{{ mark }} </span>{{ word }}</span>{% endmacro %}
{% macro section(op) %}
<section aria-labelledby="{{ op.id }}">
<div class="head"><h2 id="{{ op.id }}">{{ op.title }}</h2>{{ badge(*op.badge) }}</div>
<p class="soft">{{ op.when }}</p>
<p class="say">{{ op.say }}</p>
{% if op.holds or op.advice %}
<div class="holds" role="note">
{% if op.holds %}
<ul>{% for hold in op.holds %}<li><code>{{ hold.code }}</code>: {{ hold.message }}</li>{% endfor %}</ul>
{% endif %}
{% if op.advice %}<p><strong>What to do:</strong> {{ op.advice }}</p>{% endif %}
</div>
{% endif %}
<dl class="figures">{% for name, value in op.figures %}<div><dt>{{ name }}</dt><dd>{{ value }}</dd></div>{% endfor %}</dl>
{% for note in op.notes %}<p class="soft">{{ note }}.</p>{% endfor %}
{% for broad, slim in op.pictures %}
<figure>{{ broad }}{{ slim }}</figure>
{% endfor %}
<details><summary>The same as tables</summary>{% for each in op.tables %}{{ table(each) }}{% endfor %}</details>
</section>
{% endmacro %}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
<header>
<h1>{{ title }}</h1>
<p class="soft">{{ span }}</p>
</header>
<main>
{% if not operations %}
<section><h2>Operations</h2><p class="say">No operation has left a receipt.</p></section>
{% endif %}
{% for op in operations[:1] %}{{ section(op) }}{% endfor %}
{% if backups %}
<section aria-labelledby="backups">
<div class="head"><h2 id="backups">Backups</h2>{% if backups.badge %}{{ badge(*backups.badge) }}{% endif %}</div>
<p class="say">{{ backups.say }}</p>
{% if backups.table %}
<details><summary>Every backup as a table</summary>{{ table(backups.table) }}</details>
{% endif %}
</section>
{% endif %}
{% if operations | length > 1 %}
<section aria-labelledby="all">
<h2 id="all">Operations</h2>
<table{% if overview.crowded %} class="crowded"{% endif %} aria-labelledby="all">
<thead><tr><th scope="col">Operation</th><th scope="col">State</th>{% for c in overview.columns %}<th scope="col">{{ c }}</th>{% endfor %}</tr></thead>
<tbody>
{% for op in operations %}
<tr><th scope="row"><a href="#{{ op.id }}">{{ op.title }}</a></th><td data-name="State">{{ badge(*op.badge) }}</td>
{{ costs(overview, loop.index0) }}</tr>
{% endfor %}
<tr><th scope="row">All together</th><td data-name="State">{{ operations | length }} operations</td>
{{ costs(overview, -1) }}</tr>
</tbody>
</table>
</section>
{% endif %}
{% for op in operations[1:] %}{{ section(op) }}{% endfor %}
</main>
<footer>{{ foot }}</footer>
</body>
</html>
"""
