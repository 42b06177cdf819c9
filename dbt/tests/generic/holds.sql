{#- A statement about every row. What cannot be said to hold (null) does not. -#}
{% test holds(model, statement) %}
    select * from {{ model }} where not coalesce({{ statement }}, false)
{% endtest %}
