"""What a page says: from published figures to sentences, tables and pictures, without Streamlit."""
