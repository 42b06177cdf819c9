{{ inhabitants_of(ref("int_population__row"), where="is_combined") }}
