{{ inhabitants_of(ref("int_population__row"), where="not is_combined") }}
