"""The pages' parts. Only this folder, `app.py` and `pages/` import Streamlit."""
